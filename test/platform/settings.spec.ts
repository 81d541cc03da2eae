import { describe, expect, it } from '@jest/globals';
import { parseSettings, SettingsError } from '../../src/platform/config/settings.js';
import { makeSigningKey } from '../../src/platform/config/signing-key.js';

const secret = 'qN3v8Zr1Lk0tYw6uJb5eXc2mPs9dHg4f';
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://server:pw@db:5432/fealty',
  DATABASE_OWNER_URL: 'postgres://owner:pw@db:5432/fealty',
  HANDLE_SECRET: `h${secret}`,
  TOKEN_SECRET: `t${secret}`,
  HEADS_KEY: makeSigningKey(),
};

function faultsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    parseSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

describe('settings', () => {
  it('need nothing in development', () => {
    const settings = parseSettings({});
    expect(settings).toMatchObject({ port: 3000, host: '127.0.0.1', production: false });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('accept a complete production environment', () => {
    expect(faultsOf(production)).toEqual([]);
  });

  it('take a mail server and the address that notices come from, or neither', () => {
    const mail = {
      SMTP_URL: 'smtps://user:password@mail.example:465',
      MAIL_FROM: 'a@shop.example',
    };
    expect(parseSettings(mail).mail).toEqual({ url: mail.SMTP_URL, from: mail.MAIL_FROM });
    expect(parseSettings({}).mail).toBeUndefined();
    for (const url of [undefined, 'mail.example', 'https://mail.example', 'smtp://']) {
      expect(faultsOf({ ...mail, SMTP_URL: url })).toHaveLength(1);
    }
    for (const from of [undefined, 'nobody', 'A <a@shop.example>', 'a@b, c@d']) {
      expect(faultsOf({ ...mail, MAIL_FROM: from })).toHaveLength(1);
    }
  });

  it('report every fault together', () => {
    const faults = faultsOf({
      PORT: '99999',
      DOCS: 'perhaps',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
    });
    const named = ['DATABASE_URL', 'DOCS', 'LOG_LEVEL', 'PORT'];
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual(named);
  });

  it.each([
    ['no handle secret', { HANDLE_SECRET: undefined }, 'HANDLE_SECRET'],
    ['no token secret', { TOKEN_SECRET: '' }, 'TOKEN_SECRET'],
    ['a short secret', { TOKEN_SECRET: 'aB3$xY9' }, 'shorter than 32'],
    ['a sample secret', { HANDLE_SECRET: 'changeme-changeme-changeme-changeme' }, 'sample'],
    ['the word secret', { HANDLE_SECRET: 'secretsecretsecretsecretsecretsecret' }, 'sample'],
    ['a secret of one letter', { TOKEN_SECRET: 'a'.repeat(48) }, 'sample'],
    ['one secret for two purposes', { TOKEN_SECRET: `h${secret}` }, 'same'],
    ['no key for heads', { HEADS_KEY: undefined }, 'HEADS_KEY is missing'],
    ['a key for heads that is none', { HEADS_KEY: secret }, 'HEADS_KEY is no Ed25519 key'],
    ['no database', { DATABASE_URL: undefined }, 'DATABASE_URL'],
    ['no owner', { DATABASE_OWNER_URL: undefined }, 'DATABASE_OWNER_URL'],
    ['one role for both', { DATABASE_OWNER_URL: production.DATABASE_URL }, 'same role'],
    ['a port that is none', { PORT: '1e3' }, 'PORT'],
    ['no lanes', { LEDGER_LANES: '0' }, 'LEDGER_LANES'],
    ['a test clock', { TEST_CLOCK: 'true' }, 'TEST_CLOCK'],
    ['a database URL without a user', { DATABASE_URL: 'postgres://db/fealty' }, 'DATABASE_URL'],
  ])('refuse a production start with %s', (_what, change, word) => {
    const faults = faultsOf({ ...production, ...change });
    expect(faults.join('\n')).toContain(word);
  });

  it('never quote a secret in a fault', () => {
    const short = 'tooShortButSecret!';
    expect(faultsOf({ ...production, TOKEN_SECRET: short }).join()).not.toContain(short);
  });
});
