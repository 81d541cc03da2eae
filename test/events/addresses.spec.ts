import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { faultOfUrl, isPublicAddress } from '../../src/events/sending/address.js';
import { Post, type Resolver } from '../../src/events/sending/post.service.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { receive } from './receiver.js';

let canaries: Server[];
let port: number;
let connections = 0;

/** Whatever reaches this machine reaches one of them. */
beforeAll(async () => {
  const open = (host: string, at: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      server.once('error', reject);
      server.listen(at, host, () => {
        resolve(server);
      });
    });
  const first = await open('0.0.0.0', 0);
  port = (first.address() as AddressInfo).port;
  const second = await open('::1', port).catch(() => undefined);
  canaries = second === undefined ? [first] : [first, second];
});
afterAll(() => canaries.map((each) => each.close()));

/** Ways to spell an address of this machine, of its network, or of what only insiders see. */
const hosts = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.000.000.001', '2130706433', '0x7f000001', '0x7f.1'],
  ...['0177.0.0.1', '017700000001', '0x7f.0x0.0x0.0x1', '127.0.0.1.', '127.255.255.254', '0'],
  ...['0.0.0.0', '0x0', '00', '127.0.0.2', '%31%32%37.0.0.1', '１２７.0.0.1', '127。0。0。1'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]'],
  ...['[::127.0.0.1]', '[0000::1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]'],
  ...['[2001:0:7f00:1::]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[ff02::1]', '[fec0::1]'],
  ...['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '0xa.1'],
  ...['169.254.169.254', '0xa9fea9fe', '2852039166', '169.254.0.1', '[::ffff:a9fe:a9fe]'],
  ...['100.64.0.1', '100.100.100.200', '100.127.255.255', '168.63.129.16', '192.0.0.192'],
  ...['198.18.0.1', '203.0.113.1', '240.0.0.1', '255.255.255.255', '224.0.0.1'],
  ...['localhost', 'localhost.', 'LOCALHOST', 'a.localhost', 'user@localhost', 'a:b@127.0.0.1'],
  ...['printer.local', 'metadata.google.internal', 'ip6-localhost.localdomain'],
];

const settings = (env: Record<string, string> = {}): ReturnType<typeof parseSettings> =>
  parseSettings({ LOG_LEVEL: 'silent', ...env });
const sendTo = (post: Post, url: string): ReturnType<Post['send']> =>
  post.send({ url, headers: {}, body: '{}' });

describe('addresses of our own network', () => {
  it('E10: cannot be given as an endpoint, however they are spelled', () => {
    expect(hosts.length).toBeGreaterThanOrEqual(60);
    const allowed = hosts.filter(
      (host) => faultOfUrl(`https://${host}:${port}/`, false) === undefined,
    );
    expect(allowed).toEqual([]);
    const schemes = ['http', 'ftp', 'file', 'gopher', 'ws', 'data', 'javascript'];
    for (const scheme of schemes) {
      expect(faultOfUrl(`${scheme}://example.com/`, false)).toBeDefined();
    }
    expect(faultOfUrl('https://example.com/#a', false)).toBeDefined();
    expect(faultOfUrl('https://example.com/hook?a=b', false)).toBeUndefined();
  });

  it('E10: are not connected to, whatever the database says', async () => {
    const post = new Post(settings());
    const urls = hosts.flatMap((host) =>
      ['https', 'http'].map((scheme) => `${scheme}://${host}:${port}/`),
    );
    const replies = await Promise.all(
      urls.filter((url) => URL.canParse(url)).map((url) => sendTo(post, url)),
    );
    expect(replies.length).toBeGreaterThan(100);
    expect(replies.filter(({ problem }) => problem === undefined)).toEqual([]);
    post.onApplicationShutdown();
    expect(connections).toBe(0);
  });

  it('E10: are not connected to by a name that leads to them, at first or later', async () => {
    const post = new Post(settings());
    const answers = [
      '127.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
      '169.254.169.254',
      '10.0.0.1',
      '0.0.0.0',
    ];
    let asked = 0;
    const rebinding: Resolver = (_host, done) => {
      const address = answers[asked % answers.length] ?? '';
      asked += 1;
      done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
    };
    post.resolver = rebinding;
    while (asked < answers.length) {
      const { problem } = await sendTo(post, `https://example.com:${port}/`);
      expect(problem).toBe('address_not_allowed');
    }
    // Asked each time it connects: there is no answer of before that could have changed meanwhile.
    expect(asked).toBe(answers.length);
    post.resolver = (_host, done) => {
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
    };
    expect((await sendTo(post, `https://example.com:${port}/`)).problem).toBe(
      'address_not_allowed',
    );
    post.onApplicationShutdown();
    expect(connections).toBe(0);
  });

  it('E10: are not reached by a redirect, and the setting that allows them is for loopback only', async () => {
    const post = new Post(settings({ WEBHOOKS_TO_LOOPBACK: 'on' }));
    const receiver = await receive();
    receiver.answering = () => '302';
    const { status, problem } = await sendTo(post, receiver.url);
    expect([status, problem]).toEqual([302, 'status_302']);
    expect((await sendTo(post, 'http://10.0.0.1/')).problem).toBe('address_not_allowed');
    expect((await sendTo(post, 'http://0.0.0.0/')).problem).toBe('address_not_allowed');
    expect((await sendTo(post, 'https://192.168.0.1/')).problem).toBe('address_not_allowed');
    await receiver.close();
    post.onApplicationShutdown();
    const production = { NODE_ENV: 'production', WEBHOOKS_TO_LOOPBACK: 'on' };
    expect(() => settings(production)).toThrow('WEBHOOKS_TO_LOOPBACK must be off in production.');
    expect(connections).toBe(0);
  });

  it('E10: public ones are what is left', () => {
    for (const address of ['93.184.216.34', '1.1.1.1', '2606:4700:4700::1111']) {
      expect(isPublicAddress(address)).toBe(true);
    }
    for (const address of ['', 'example.com', '4000::1', '::']) {
      expect(isPublicAddress(address)).toBe(false);
    }
  });
});
