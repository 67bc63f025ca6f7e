// What the host server and the server-rendered shop answer with.
export const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml',
};

export function send(answer, status, type, body) {
  if (type) answer.setHeader('content-type', type);
  answer.setHeader('cache-control', 'no-store');
  answer.writeHead(status);
  answer.end(body);
}

export async function bodyOf(ask) {
  let text = '';
  for await (const chunk of ask) text += chunk;
  return text;
}
