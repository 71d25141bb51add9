// Waits for one job on descriptor 0, runs it and answers on descriptor 3; what the job prints leaves by 1 and 2.
// In a function, because the names of a script would be names in the job's world.
'use strict';
(() => {
  const fs = require('node:fs');
  const vm = require('node:vm');
  const { stringify } = JSON;
  const ANSWER = 3;

  function read(count) {
    const bytes = Buffer.alloc(count);
    for (let at = 0; at < count; ) {
      const got = fs.readSync(0, bytes, at, count - at, null);
      if (got === 0) process.reallyExit(0);
      at += got;
    }
    return bytes;
  }

  function readHead() {
    let head = '';
    while (!head.endsWith('\n')) head += read(1).toString('latin1');
    return head.trim().split(' ').map(Number);
  }

  function write(text) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(ANSWER, bytes, at);
  }

  function failure(kind, error) {
    let type = 'Error';
    let message = '';
    let line = 0;
    try {
      const known = error instanceof Error;
      type = known ? String(error.name) : typeof error;
      message = known ? String(error.message) : String(error);
      const place = known && /code\.js:(\d+)/.exec(String(error.stack));
      if (place) line = Number(place[1]);
    } catch {
      // An error whose own text throws has no text.
    }
    return { error: kind, type, message: message.slice(0, 4000), line };
  }

  /** JSON has no words for these; without this they would silently become null or vanish. */
  function strict(key, value) {
    const kind = typeof value;
    if (kind === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
    if (kind === 'function' || kind === 'symbol') throw new TypeError(`a ${kind} is not JSON`);
    return value;
  }

  function answerOf(value) {
    try {
      return `{"result":${stringify(value === undefined ? null : value, strict) ?? 'null'}}`;
    } catch (error) {
      return stringify(failure('result_not_json', error));
    }
  }

  function main() {
    for (const name of Object.keys(process.env)) delete process.env[name];
    write('ready\n');
    const [codeBytes, payloadBytes] = readHead();
    const code = read(codeBytes).toString('utf8');
    globalThis.payload = JSON.parse(read(payloadBytes).toString('utf8'));
    globalThis.result = undefined;
    globalThis.require = require;

    let answered = false;
    let awaiting = false;
    let settled;
    const answer = (text) => {
      if (answered) return;
      answered = true;
      write(`${text}\n`);
    };
    process.on('uncaughtException', (error) => {
      answer(stringify(failure('code_error', error)));
      process.reallyExit(1);
    });
    // The program has ended: its event loop is empty, or it said so itself.
    process.on('exit', (status) => {
      if (status !== 0) {
        answer(stringify({ error: 'code_exited', type: 'exit', message: String(status), line: 0 }));
      } else if (awaiting) {
        answer(stringify({ error: 'code_error', type: 'Error', message: 'awaits what never comes', line: 0 }));
      } else {
        answer(answerOf(settled ? settled.value : vm.runInThisContext('result')));
      }
    });

    const options = { filename: 'code.js' };
    if (vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER) {
      options.importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    }
    let script;
    try {
      script = new vm.Script(code, options);
    } catch (error) {
      if (!(error instanceof SyntaxError) || !/\bawait\b/.test(code)) throw error;
      script = new vm.Script(`(async () => {${code}\n;globalThis.result = result;})()`, options);
      awaiting = true;
    }
    const completion = script.runInThisContext();
    const pending = awaiting ? completion : vm.runInThisContext('result');
    if (pending === null || typeof pending?.then !== 'function') return;
    const whole = awaiting;
    awaiting = true;
    Promise.resolve(pending).then((value) => {
      awaiting = false;
      if (!whole) settled = { value };
    });
  }

  main();
})();
