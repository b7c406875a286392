// Compresses what browsers fetch once, as well as can be: while serving there would be no time for it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { transformSync } from 'esbuild';

const folder = process.argv[2];
// The glue of the islands is for the most part comments, white space and long names.
for (const name of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
  const file = join(folder, name);
  const { code } = transformSync(readFileSync(file, 'utf8'), { minify: true, format: 'esm', target: 'es2022' });
  writeFileSync(file, code);
}
for (const name of readdirSync(folder).filter((name) => /\.(css|js|svg|wasm)$/.test(name))) {
  const file = readFileSync(join(folder, name));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: file.length };
  writeFileSync(join(folder, name + '.br'), brotliCompressSync(file, { params }));
}
