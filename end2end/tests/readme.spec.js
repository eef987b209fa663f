// What the README tells people to type, typed.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { binary, freePort } from '../support/server.js';

const readme = readFileSync('../README.md', 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block);
const commands = blocks.flatMap(block => block.replaceAll('\\\n', ' ').split('\n')).map(line => line.replace(/\s+#.*$/, '').trim());

test('every make target that is named exists', () => {
  const makefile = readFileSync('../Makefile', 'utf8');
  const named = [...readme.matchAll(/`?make ([a-z]+)/g)].map(([, target]) => target).filter(target => target !== 'sure');
  expect(named.length).toBeGreaterThan(3);
  for (const target of named) expect(makefile).toMatch(new RegExp(`^${target}:`, 'm'));
});

test('every file that is linked exists', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link).filter(link => !link.startsWith('http'));
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) expect(existsSync(path.resolve('..', link)), link).toBe(true);
});

test('the commands do what is said', async () => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'waybill-readme-'));
  const address = `127.0.0.1:${await freePort()}`;
  const env = { PATH: process.env.PATH, HOME: folder, WAYBILL_LISTEN: address };
  // As in a clone that was built: the binary, the mappings, and a file of the kind that the mapping describes.
  mkdirSync(path.join(folder, 'target/release'), { recursive: true });
  symlinkSync(binary, path.join(folder, 'target/release/waybill'));
  let server;
  try {
    const run = line => execFileSync('/bin/sh', ['-c', line], { cwd: folder, env, encoding: 'utf8' });
    for (const line of commands) {
      if (line.startsWith('export ')) {
        const [, name, value] = /^export (\w+)=(.*)$/.exec(line);
        env[name] = value;
      } else if (line.endsWith('waybill serve')) {
        server = spawn(path.join(folder, 'target/release/waybill'), ['serve'], { cwd: folder, env, stdio: 'ignore' });
        await expect.poll(() => fetch(`http://${address}/readyz`).then(r => r.status, () => 0), { timeout: 30_000 }).toBe(200);
      } else if (line.includes('waybill import')) {
        mkdirSync(path.join(folder, 'server/mappings'), { recursive: true });
        copyFileSync('../server/mappings/scms.toml', path.join(folder, 'server/mappings/scms.toml'));
        writeFileSync(path.join(folder, line.split(' ').at(-1)), scms());
        expect(run(`${line} 2>&1`)).toBeDefined();
      } else if (line.includes('waybill apikey')) {
        env.KEY = /secret[^:]*: (\S+)/.exec(run(line))?.[1];
        expect(env.KEY).toBeTruthy();
      } else if (line.startsWith('target/release/waybill')) {
        run(line);
      }
    }
    const request = /curl -sS (\S+) -H "(.*?)" -H '(.*?)' -d '([\s\S]*?)'/.exec(readme);
    const header = text => [text.split(': ')[0], text.split(': ')[1].replace('$KEY', env.KEY)];
    const answer = await fetch(request[1].replace('127.0.0.1:3000', address), {
      method: 'POST',
      headers: Object.fromEntries([header(request[2]), header(request[3])]),
      body: request[4],
    });
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect((await answer.json()).results[0].outcome).toBe('accepted');
    for (const where of ['/api/v1/contracts', '/api/v1/openapi.json']) {
      expect((await fetch(`http://${address}${where}`)).status, where).toBe(200);
    }
  } finally {
    server?.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Two rows with the columns that the shipped mapping reads. */
function scms() {
  const row = {
    ID: '1',
    'Project Code': '100-KE-T01',
    'PQ #': 'Pre-PQ Process',
    'PO / SO #': 'SO-1',
    'ASN/DN #': 'DN-1',
    Country: 'Kenya',
    'Managed By': 'PMO',
    'Fulfill Via': 'Direct Drop',
    'Vendor INCO Term': 'EXW',
    'Shipment Mode': 'Air',
    'PQ First Sent to Client Date': 'Pre-PQ Process',
    'PO Sent to Vendor Date': '3/2/14',
    'Scheduled Delivery Date': '2-Jun-14',
    'Delivered to Client Date': '4-Jun-14',
    'Delivery Recorded Date': '5-Jun-14',
    'Product Group': 'ARV',
    'Sub Classification': 'Adult',
    Vendor: 'A vendor',
    'Item Description': 'An item',
    'Molecule/Test Type': 'A molecule',
    Brand: 'Generic',
    Dosage: '10mg',
    'Dosage Form': 'Tablet',
    'Unit of Measure (Per Pack)': '30',
    'Line Item Quantity': '19',
    'Line Item Value': '551',
    'Pack Price': '29',
    'Unit Price': '0.97',
    'Manufacturing Site': 'A site',
    'First Line Designation': 'Yes',
    'Weight (Kilograms)': '13',
    'Freight Cost (USD)': '780.34',
    'Line Item Insurance (USD)': '1.2',
  };
  return `${Object.keys(row).join(',')}\n${Object.values(row).join(',')}\n`;
}
