// A Waybill of its own: the real binary on a new SQLite file and a free port, filled only through the command line and the API.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const binary = process.env.WAYBILL_BIN ?? path.resolve('../target/debug/waybill');
export const password = 'dispatch-to-cash-2026';
/** Contracts that ask for a POD, of customers that only tests send events of. In force before the first test, so that none depends on another. */
const contracts = ['E2E', 'QUEUE'].map(customer => `[[contracts]]\ncustomer = "${customer}"\nname = "Harbour 2026"\npod = "received"\n`).join('\n');
/** One person a role. */
export const people = {
  admin: { name: 'amira', role: 'admin' },
  viewer: { name: 'vera', role: 'viewer' },
  integration: { name: 'ingo', role: 'integration' },
};

export class Waybill {
  /** Starts a server; `shipments` of an invented shipper are there before the first page is asked for. On a new file, if no database is named. */
  static async start({ shipments = 80, days = 40, mode = 'history', database } = {}) {
    const waybill = new Waybill();
    waybill.folder = mkdtempSync(path.join(tmpdir(), 'waybill-e2e-'));
    waybill.url = `http://127.0.0.1:${await freePort()}`;
    waybill.environment = {
      PATH: process.env.PATH,
      HOME: waybill.folder,
      WAYBILL_DATABASE_URL: database ?? `sqlite://${waybill.folder}/waybill.db`,
      WAYBILL_LISTEN: new URL(waybill.url).host,
      WAYBILL_LOG: 'info',
    };
    for (const { name, role } of Object.values(people)) {
      waybill.command(['user', 'add', name, '--role', role, '--password-stdin'], { input: password });
    }
    waybill.key = /wb_\S+|secret[^:]*: (\S+)/.exec(waybill.command(['apikey', 'create', 'e2e', '--source', 'e2e/*']))?.[1];
    if (!waybill.key) throw new Error('apikey create printed no secret');
    waybill.command(['policy', 'apply', waybill.file('contracts.toml', contracts), '--reason', 'contracts that ask for a POD']);
    if (shipments) waybill.command(['simulate', '--seed', '7', '--days', `${days}`, '--shipments', `${shipments}`, '--mode', mode]);
    await waybill.serve();
    return waybill;
  }

  /** Starts another process on the same database, in a folder of its own. */
  async beside() {
    const other = new Waybill();
    other.folder = mkdtempSync(path.join(tmpdir(), 'waybill-e2e-'));
    other.url = `http://127.0.0.1:${await freePort()}`;
    other.environment = { ...this.environment, WAYBILL_LISTEN: new URL(other.url).host };
    other.key = this.key;
    await other.serve();
    return other;
  }

  /** Runs a command of the binary and answers with what it printed. */
  command(args, options = {}) {
    try {
      return execFileSync(binary, args, {
        cwd: this.folder,
        env: this.environment,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe'],
        ...options,
      });
    } catch (error) {
      throw new Error(`waybill ${args.join(' ')}: ${error.stderr || error.message}\n${error.stdout ?? ''}`);
    }
  }

  async serve() {
    this.said = '';
    this.process = spawn(binary, ['serve'], { cwd: this.folder, env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout.on('data', text => (this.said += text));
    this.process.stderr.on('data', text => (this.said += text));
    for (let tries = 0; tries < 300; tries += 1) {
      if (this.process.exitCode !== null) throw new Error(`waybill serve ended with ${this.process.exitCode}:\n${this.said}`);
      const ready = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (ready?.ok) return;
      await pause(100);
    }
    throw new Error(`waybill serve was not ready after 30 s:\n${this.said}`);
  }

  async stop() {
    if (this.process.exitCode === null) {
      const ended = new Promise(resolve => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      const killed = setTimeout(() => this.process.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(killed);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file in the server's folder. */
  file(name, content) {
    const file = path.join(this.folder, name);
    writeFileSync(file, content);
    return file;
  }

  /** Sends events as a source does; answers with the receipts. */
  async send(...events) {
    const answer = await fetch(`${this.url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/cloudevents-batch+json' },
      body: JSON.stringify(events),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status}: ${text}`);
    return JSON.parse(text).results;
  }
}

let events = 0;
/** A CloudEvent of a source of ours. */
export function event(type, subject, data = {}, more = {}) {
  events += 1;
  return {
    specversion: '1.0',
    id: `e2e-${process.pid}-${events}`,
    source: 'e2e/tms',
    type: `com.waybill.${type}.v1`,
    subject,
    time: new Date(Date.now() - 60_000).toISOString(),
    datacontenttype: 'application/json',
    data,
    ...more,
  };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function pause(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
