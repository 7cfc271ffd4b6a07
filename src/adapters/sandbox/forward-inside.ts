// Runs inside the sandbox, as a copy that ends in .mjs: nothing here may need its types taken away. Leads ports of the
// loopback address to sockets, and stands for the command that it starts: same streams, same end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';

const end = process.argv.indexOf('--');
const routes = process.argv.slice(2, end).map((route) => route.split('='));
const [command = '', ...args] = process.argv.slice(end + 1);

for (const [port, socket = ''] of routes) {
  const server = createServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ path: socket, allowHalfOpen: true });
    from.pipe(to).pipe(from);
    from.on('error', () => to.destroy()).on('close', () => to.destroy());
    to.on('error', () => from.destroy()).on('close', () => from.destroy());
  });
  await once(server.listen(Number(port), '127.0.0.1'), 'listening');
}

// Before there is anybody who might send one.
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGINT', () => child.kill('SIGINT'));
process.on('SIGHUP', () => child.kill('SIGHUP'));
const child = spawn(command, args, { stdio: 'inherit' });
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`, () => process.exit(127));
});
child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
