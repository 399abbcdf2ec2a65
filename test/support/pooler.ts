// A transaction pooler as PgBouncer is one: no client keeps a session. Each transaction goes to the next server connection,
// and named statements are prepared anew wherever a client's transaction goes.
import { createServer, type Server, type Socket } from 'node:net';
import { Client } from 'pg';

const SESSIONS = 3;
const SSL_REQUEST = 80_877_103;

interface Session {
  readonly stream: Socket;
  readonly end: () => Promise<void>;
  busy: boolean;
  onMessage: (type: string, bytes: Buffer) => void;
}

export interface Pooler {
  readonly url: string;
  /** How many transactions each session has served. */
  readonly served: readonly number[];
  /** The text of everything clients sent outside a prepared statement. */
  readonly simple: readonly string[];
  close(): Promise<void>;
}

/** Stands in front of the database of `url` until it is closed. */
export async function openPooler(url: string): Promise<Pooler> {
  const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => openSession(url)));
  const served = sessions.map(() => 0);
  const simple: string[] = [];
  const waiting: ((session: Session) => void)[] = [];
  let turn = 0;

  function borrow(act: (session: Session) => void): void {
    for (let n = 0; n < sessions.length; n += 1) {
      turn = (turn + 1) % sessions.length;
      const session = sessions[turn];
      if (session === undefined || session.busy) continue;
      session.busy = true;
      served[turn] = (served[turn] ?? 0) + 1;
      act(session);
      return;
    }
    waiting.push(act);
  }

  function giveBack(session: Session): void {
    session.busy = false;
    const next = waiting.shift();
    if (next !== undefined) borrow(next);
  }

  let clients = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    clients += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    serve(socket, { prefix: `c${clients}_`, borrow, giveBack, simple });
  });
  const port = await listening(server);
  return {
    url: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
    served,
    simple,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      for (const session of sessions) await session.end();
    },
  };
}

interface Desk {
  /** Keeps this client's statements apart from the others'. */
  readonly prefix: string;
  readonly borrow: (act: (session: Session) => void) => void;
  readonly giveBack: (session: Session) => void;
  readonly simple: string[];
}

function serve(socket: Socket, { prefix, borrow, giveBack, simple }: Desk): void {
  const prepared = new Map<string, Buffer>();
  let group: Buffer[] = [];
  /** For each ParseComplete and CloseComplete to come: whether the client waits for it. */
  let wanted: boolean[] = [];
  let parsedHere = new Set<string>();
  let held: Session | undefined;
  let borrowing = false;
  let unsent: Buffer[] = [];

  /** Prepares a statement on whatever session this goes to; what the client did not ask for is not told. */
  function prepare(name: string, parse: Buffer, isAsked: boolean): void {
    group.push(message('C', Buffer.from(`S${prefix}${name}\0`)), parse);
    wanted.push(false, isAsked);
    parsedHere.add(name);
  }

  function take(type: string, body: Buffer): void {
    if (type === 'Q') simple.push(body.toString('utf8', 0, body.length - 1));
    if (type === 'P') takeParse(body);
    else if (type === 'B') takeBind(body);
    else if (type === 'X') socket.end();
    else group.push(message(type, body));
    if (type === 'S' || type === 'Q') flush();
  }

  function takeParse(body: Buffer): void {
    const [name, rest] = cut(body);
    if (name === '') {
      wanted.push(true);
      group.push(message('P', body));
      return;
    }
    const parse = message('P', Buffer.concat([Buffer.from(`${prefix}${name}\0`), rest]));
    prepared.set(name, parse);
    prepare(name, parse, true);
  }

  function takeBind(body: Buffer): void {
    const [portal, rest] = cut(body);
    const [name, values] = cut(rest);
    const parse = prepared.get(name);
    if (parse !== undefined && !parsedHere.has(name)) prepare(name, parse, false);
    const known = parse === undefined ? name : `${prefix}${name}`;
    group.push(message('B', Buffer.concat([Buffer.from(`${portal}\0${known}\0`), values])));
  }

  function flush(): void {
    unsent.push(...group);
    group = [];
    if (held !== undefined) send(held);
    if (held !== undefined || borrowing) return;
    borrowing = true;
    borrow((session) => {
      borrowing = false;
      held = session;
      session.onMessage = answer;
      send(session);
    });
  }

  function send({ stream }: Session): void {
    stream.write(Buffer.concat(unsent));
    unsent = [];
  }

  function answer(type: string, bytes: Buffer): void {
    if ((type === '1' || type === '3') && wanted.shift() === false) return;
    if (!socket.destroyed) socket.write(bytes);
    if (type !== 'Z') return;
    wanted = [];
    parsedHere = new Set();
    // Idle, and not in a transaction: the next one may go anywhere.
    if (bytes[5] !== 0x49 || held === undefined) return;
    const session = held;
    held = undefined;
    giveBack(session);
  }

  greet(socket, take);
}

/** Answers the start-up for everybody, then passes on one message after the other. */
function greet(socket: Socket, take: (type: string, body: Buffer) => void): void {
  let started = false;
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const head = started ? 1 : 0;
      if (bytes.length < head + 4) return;
      const end = head + bytes.readInt32BE(head);
      if (bytes.length < end) return;
      const body = bytes.subarray(head + 4, end);
      const type = started ? bytes.toString('latin1', 0, 1) : '';
      bytes = bytes.subarray(end);
      if (started) take(type, body);
      else if (body.readInt32BE(0) === SSL_REQUEST) socket.write('N');
      else {
        started = true;
        socket.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]));
      }
    }
  });
}

/** A connection of pg's own making, taken over after its start-up. */
async function openSession(url: string): Promise<Session> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const stream = streamOf(client);
  stream.removeAllListeners('data');
  const session: Session = { stream, busy: false, onMessage: () => {}, end: () => client.end() };
  let bytes = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 5 && bytes.length >= 1 + bytes.readInt32BE(1)) {
      const end = 1 + bytes.readInt32BE(1);
      session.onMessage(bytes.toString('latin1', 0, 1), bytes.subarray(0, end));
      bytes = bytes.subarray(end);
    }
  });
  return session;
}

/** pg keeps its socket to itself. */
function streamOf(client: object): Socket {
  const { connection } = client as { connection: { stream: Socket } };
  return connection.stream;
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A text that ends with a zero, and what follows it. */
function cut(body: Buffer): [text: string, rest: Buffer] {
  const end = body.indexOf(0);
  return [body.toString('utf8', 0, end), body.subarray(end + 1)];
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
