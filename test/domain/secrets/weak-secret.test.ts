import { expect, it } from 'vitest';
import { weakSecretWarnings } from '../../../src/domain/secrets/weak-secret.ts';

it.each(['abc', '12345', 'x!7Q'])('warns of the short value %j', (value) => {
  expect(weakSecretWarnings(value).join()).toContain('fewer than 6');
});

it.each(['horse', 'Password1!', 'changeme', 'sunshine2026', '12345678', 'München', 'Welcome123'])(
  'warns of the ordinary word %j',
  (value) => {
    const warnings = weakSecretWarnings(value);
    expect(warnings.join()).toContain('word');
    expect(warnings.join()).not.toContain(value);
  },
);

it.each(['sk-not-so-easy-91', 'kXqZbTrwPlMv', '8f3b0c91d2', 'correct horse battery', '{"a":1}'])(
  'says nothing about %j',
  (value) => {
    expect(weakSecretWarnings(value)).toEqual([]);
  },
);
