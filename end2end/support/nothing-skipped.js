// A skipped test protects nothing: the run fails, and so does one in which no test ran.
export default class NothingSkipped {
  skipped = [];
  ran = 0;

  onTestEnd(test, result) {
    if (result.status === 'skipped') this.skipped.push(test.titlePath().filter(Boolean).join(' › '));
    else this.ran += 1;
  }

  onEnd(result) {
    if (this.skipped.length === 0 && this.ran > 0) return undefined;
    for (const title of this.skipped) console.error(`skipped: ${title}`);
    console.error(`${this.ran} tests ran, ${this.skipped.length} were skipped`);
    return { status: result.status === 'passed' ? 'failed' : result.status };
  }
}
