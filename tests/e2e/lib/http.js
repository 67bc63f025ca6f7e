// HTTP helpers of the host server and of the server-rendered page.
export const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml',
};

export function send(response, status, type, body) {
  if (type) response.setHeader('content-type', type);
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status);
  response.end(body);
}

export async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
