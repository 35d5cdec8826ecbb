/** Answers of servers that are broken or mean harm: what each of them says before it hangs up, and what a probe makes of it. */

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const BROKEN = 'net/http: HTTP/1.x transport connection broken: ';
const TOO_LONG = 'net/http: server response headers exceeded 65536 bytes; aborted';

/** What is said, and how the rest of the output goes. */
export type HostileAnswer = readonly [what: string, bytes: string | Buffer, output: string];

/** No answer in the sense of HTTP/1: a fault, in the words of Go. */
export const FAULTY_ANSWERS: readonly HostileAnswer[] = [
  ['nothing at all', '', 'EOF'],
  ['half a head', `${OK}Serv`, `${BROKEN}unexpected EOF`],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', `${BROKEN}malformed HTTP response "SSH-2.0-OpenSSH_9.2"`],
  [
    'bytes',
    Buffer.from([0x15, 3, 1, 0, 2, 2, 0x22]),
    `${BROKEN}malformed HTTP response "\\x15\\x03\\x01\\x00\\x02\\x02\\""`,
  ],
  [
    'bytes that are no text',
    Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]),
    `${BROKEN}malformed HTTP response "\\x00\\x01\\x02\\xff\\xfe"`,
  ],
  ['a wrong version', 'HTTP/2.0 200 OK\r\n\r\n', `${BROKEN}malformed HTTP response "HTTP/2.0 200 OK"`],
  ['a code of two digits', 'HTTP/1.1 20 OK\r\n\r\n', `${BROKEN}malformed HTTP response "HTTP/1.1 20 OK"`],
  ['a line without colon', `${OK}nonsense\r\n\r\n`, `${BROKEN}malformed MIME header: missing colon: "nonsense"`],
  [
    'two lengths',
    `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`,
    `${BROKEN}http: message cannot contain multiple Content-Length headers`,
  ],
  ['no length', `${OK}Content-Length: -1\r\n\r\n`, `${BROKEN}bad Content-Length "-1"`],
  [
    'a length of twenty digits',
    `${OK}Content-Length: 99999999999999999999\r\n\r\nx`,
    `${BROKEN}bad Content-Length "99999999999999999999"`,
  ],
  ['an odd encoding', `${OK}Transfer-Encoding: gzip\r\n\r\n`, `${BROKEN}unsupported transfer encoding: "gzip"`],
  ['a line that is too long', `${OK}X: ${'x'.repeat(70_000)}\r\n\r\n`, TOO_LONG],
  ['a head of too many lines', `${OK}${'X: y\r\n'.repeat(20_000)}`, TOO_LONG],
  [
    'too many interim answers',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(6),
    'net/http: too many 1xx informational responses',
  ],
];

/** Bodies that are cut, wrong or beyond measure, behind a status line that is good. */
export const ODD_BODIES: readonly HostileAnswer[] = [
  ['cut short', `${OK}Content-Length: 100\r\n\r\nhalf`, 'half'],
  ['shorter than announced by far', `${OK}Content-Length: 999999999999999\r\n\r\nlittle`, 'little'],
  ['chunked, cut short', `${CHUNKED}5\r\nhello\r\n9\r\nwor`, 'hellowor'],
  ['chunked, nonsense as size', `${CHUNKED}5\r\nhello\r\nzz\r\nwor`, 'hello'],
  ['chunked, whole', `${CHUNKED}5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nT: x\r\n\r\n`, 'hello!'],
  ['chunked, a size line without end', `${CHUNKED}${'0'.repeat(70_000)}`, ''],
  ['chunked, four petabytes', `${CHUNKED}fffffffffffff\r\nx`, 'x'],
  ['chunked, more than a number holds', `${CHUNKED}ffffffffffffffffffff\r\nx`, ''],
  ['chunked, bytes one by one', `${CHUNKED}${'1\r\nx\r\n'.repeat(20_000)}0\r\n\r\n`, 'x'.repeat(4_096)],
  ['chunked, no line end behind the data', `${CHUNKED}1\r\nxy\r\n0\r\n\r\n`, 'x'],
  ['chunked and of a length', `${OK}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n`, 'ab'],
  ['without any end', 'HTTP/1.0 200 OK\r\n\r\nuntil close', 'until close'],
  ['with more than announced', `${OK}Content-Length: 2\r\n\r\nabcdef`, 'ab'],
  ['behind interim answers', `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}Content-Length: 1\r\n\r\na`, 'a'],
  ['behind bare line feeds', 'HTTP/1.1 200 OK\nContent-Length: 1\n\na', 'a'],
  ['behind ends of line of both kinds', 'HTTP/1.1 200 OK\r\nContent-Length: 1\n\r\na', 'a'],
  ['behind carriage returns in a header', `${OK}X: a\rContent-Length: 9\r\nContent-Length: 1\r\n\r\na`, 'a'],
  ['not UTF-8', Buffer.concat([Buffer.from(`${OK}\r\n`), Buffer.from([0x61, 0xff, 0x62])]), 'a\u{fffd}b'],
];
