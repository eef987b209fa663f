// What machines are told of our messages is AsyncAPI by its own schema.
import { execFileSync } from 'node:child_process';
import specs from '@asyncapi/specs';
import { expect, test } from '@playwright/test';
import Ajv from 'ajv';
import formats from 'ajv-formats';
import { binary } from '../support/server.js';

// The schema of schemas names them by addresses that nobody is to ask.
const isAsyncApi = version => formats(new Ajv({ strict: false, allErrors: true })).compile(specs.schemasWithoutId[version]);

test('our messages are described as AsyncAPI asks', () => {
  const described = JSON.parse(execFileSync(binary, ['asyncapi'], { encoding: 'utf8' }));
  expect(Object.keys(described.channels).length).toBeGreaterThan(1);
  const valid = isAsyncApi(described.asyncapi);
  expect(valid(described), JSON.stringify(valid.errors?.slice(0, 5))).toBe(true);
  // It would tell.
  expect(valid({ ...described, operations: { receive: { action: 'listen' } } })).toBe(false);
});
