// Passes connections on from a loopback port to another address: forward.mjs PORT HOST:PORT
import { connect, createServer } from 'node:net';

const [port, target] = process.argv.slice(2);
const [host, targetPort] = target.split(':');
createServer((from) => {
  const to = connect(Number(targetPort), host);
  for (const [one, other] of [[from, to], [to, from]]) {
    one.on('error', () => other.destroy());
    one.pipe(other);
  }
}).listen(Number(port), '127.0.0.1');
