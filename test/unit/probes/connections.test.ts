/** What plain connections do that few targets ask of them, whatever makes them. */
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import koffi from 'koffi';
import { afterAll, describe, expect, test } from 'vitest';
import type { Connections, Owner } from '../../../src/probes/connection.ts';
import { openConnections } from '../../../src/probes/kernel-connection.ts';
import { netConnections } from '../../../src/probes/net-connection.ts';
import { eventually } from '../../support/eventually.ts';
import { syscalls } from '../../support/probing.ts';
import { refusedPort, startTcpTarget } from '../../support/targets.ts';

test("this machine lends the kernel's calls, or nothing here would be tested", () => {
  expect(syscalls).toBeDefined();
});

/** What an owner was told, in order; bytes in one piece, and `end` or an error's code at last. */
interface Told {
  readonly events: string[];
  readonly text: string;
  readonly over: Promise<void>;
}

/** Asks `request` on a new connection and notes what is told. */
const converse = ({ connect }: Connections, host: string, port: number, request: Buffer): Told => {
  const events: string[] = [];
  let text = '';
  const over = new Promise<void>((resolve) => {
    const end = (event: string): void => {
      events.push(event);
      connection.close();
      resolve();
    };
    const owner: Owner = {
      onConnect() {
        events.push('connect');
        connection.write(request);
      },
      onBytes(bytes) {
        text += bytes.toString();
      },
      onEnd: () => {
        end('end');
      },
      onError: (error) => {
        end('code' in error ? String(error.code) : error.message);
      },
    };
    const connection = connect(host, port, owner);
    expect(events).toEqual([]);
  });
  return {
    events,
    over,
    get text() {
      return text;
    },
  };
};

const MSG_OOB = 1;

/** One byte past all others, which Node cannot send. */
const sendUrgent = (socket: Socket): void => {
  const send = koffi.load(null).func('long send(int, void *, ulong, int)');
  const { fd } = (socket as unknown as { readonly _handle: { readonly fd: number } })._handle; // safe: so Node 20 keeps it
  send(fd, Buffer.from('!'), 1, MSG_OOB);
};

const MANY_BYTES = Buffer.alloc(8_000_000, 'x');
const HELLO = Buffer.from('hello');

describe.each([
  ["the kernel's calls", openConnections(syscalls)],
  ['node:net', netConnections],
])('connections by %s', (_name, connections) => {
  afterAll(() => {
    connections[Symbol.dispose]();
  });

  test.each(['127.0.0.1', '::1'])('to %s: connected, asked, answered, ended', async (host) => {
    await using peer = await startTcpTarget((socket) => {
      socket.on('data', (bytes) => socket.end(`you said ${bytes.toString()}`));
    }, host);
    const told = converse(connections, host, peer.port, HELLO);
    await told.over;
    expect(told.events).toEqual(['connect', 'end']);
    expect(told.text).toBe('you said hello');
  });

  test('what lies on both sides of an urgent byte is read, though the peer keeps the connection', async () => {
    await using peer = await startTcpTarget((socket) => {
      socket.write('before, ');
      sendUrgent(socket);
      socket.write('behind');
    });
    const told = converse(connections, '127.0.0.1', peer.port, HELLO);
    await eventually('all of it', () => told.text === 'before, behind');
    expect(told.events).toEqual(['connect']);
  });

  test('a zone of an address is heeded', async () => {
    await using peer = await startTcpTarget((socket) => socket.end('here'), '::');
    const told = converse(connections, '::1%lo', peer.port, HELLO);
    await told.over;
    expect(told.text).toBe('here');
  });

  test('a refusal is told once, and after connect has returned', async () => {
    const told = converse(connections, '127.0.0.1', await refusedPort(), HELLO);
    await told.over;
    await turn();
    expect(told.events).toEqual(['ECONNREFUSED']);
  });

  test('an address that leads nowhere', async () => {
    const told = converse(connections, '255.255.255.255', 80, HELLO);
    await told.over;
    expect(told.events).toHaveLength(1);
    expect(told.events[0]).toMatch(/^E(NETUNREACH|ACCES|HOSTUNREACH)$/);
  });

  test('more than the other side takes at once is sent when it does', async () => {
    let taken = 0;
    await using peer = await startTcpTarget((socket) => {
      socket.pause();
      setTimeout(() => socket.resume(), 50); // its buffers fill meanwhile
      socket.on('data', (bytes) => {
        taken += bytes.length;
        if (taken === MANY_BYTES.length) socket.end('all of it');
      });
    });
    const told = converse(connections, '127.0.0.1', peer.port, MANY_BYTES);
    await told.over;
    expect(told.text).toBe('all of it');
    expect(taken).toBe(MANY_BYTES.length);
  });

  test('a peer that resets the connection', async () => {
    await using peer = await startTcpTarget((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    const told = converse(connections, '127.0.0.1', peer.port, HELLO);
    await told.over;
    expect(told.events).toEqual(['connect', 'ECONNRESET']);
  });

  test('nothing is told once it was closed, not even of what had come', async () => {
    const asked: string[] = [];
    await using peer = await startTcpTarget((socket) => socket.end('late'));
    const note = (what: string) => () => {
      asked.push(what);
      connection.close();
    };
    const owner: Owner = {
      onConnect: note('connect'),
      onBytes: note('bytes'),
      onEnd: note('end'),
      onError: note('error'),
    };
    const connection = connections.connect('127.0.0.1', peer.port, owner);
    const told = converse(connections, '127.0.0.1', peer.port, HELLO);
    await told.over;
    expect(asked).toEqual(['connect']);
    connection.close();
    const closed = connections.connect('127.0.0.1', await refusedPort(), owner);
    closed.close();
    await converse(connections, '127.0.0.1', peer.port, HELLO).over;
    expect(asked).toEqual(['connect']);
  });

  test('an end that makes room for another connection tells each its own', async () => {
    await using peer = await startTcpTarget((socket) => {
      socket.once('data', (bytes) => socket.end(bytes));
    });
    const ask = async (round: number, lane: number): Promise<void> => {
      const said = `${round} of ${lane}`;
      const told = converse(connections, '127.0.0.1', peer.port, Buffer.from(said));
      await told.over;
      expect(told.text).toBe(said);
      if (round > 1) await ask(round - 1, lane);
    };
    await Promise.all(Array.from({ length: 100 }, (_, lane) => ask(20, lane)));
  });

  test('what an owner does in a promise happens in the same turn', async () => {
    await using peer = await startTcpTarget(() => undefined);
    const order: string[] = [];
    await new Promise<void>((resolve) => {
      const fail = (): void => {
        throw new Error('not told of this');
      };
      const connection = connections.connect('127.0.0.1', peer.port, {
        onConnect() {
          setImmediate(() => {
            order.push('next turn');
            connection.close();
            resolve();
          });
          void Promise.resolve().then(() => order.push('promise'));
        },
        ...{ onBytes: fail, onEnd: fail, onError: fail },
      });
    });
    expect(order).toEqual(['promise', 'next turn']);
  });
});

test('without calls connections go by node:net', () => {
  expect(openConnections(undefined)).toBe(netConnections);
});
