// A proxy on loopback for the wasm tests. The test runner's little server keeps one thread for each
// kept-alive connection and may forget a new one while all of them wait; a browser opens several at once.
// Through this proxy every request is a connection of its own that ends with its answer.
//
//   node no-keepalive-proxy.mjs     prints its port
import http from 'node:http';

const server = http.createServer((request, answer) => {
  const target = new URL(request.url, `http://${request.headers.host}`);
  const headers = { ...request.headers, connection: 'close' };
  delete headers['proxy-connection'];
  const passed = http.request(target, { method: request.method, headers, agent: false }, (reply) => {
    answer.writeHead(reply.statusCode, { ...reply.headers, connection: 'close' });
    reply.pipe(answer);
  });
  passed.on('error', () => answer.destroy());
  request.pipe(passed);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
