// The official package for Node against the server at BASE_URL. Ends with 0 when all is as it should be.
import assert from 'node:assert/strict';
import OpenAI, {
  APIConnectionTimeoutError,
  APIUserAbortError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai';

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.API_KEY });
const hello = [{ role: 'user', content: 'Hello' }];
const tools = [
  {
    type: 'function',
    function: {
      name: 'weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
];

async function step(name, work) {
  const begun = Date.now();
  await work();
  console.log(`${name}: ${Date.now() - begun} ms`);
}

await step('chat', async () => {
  const answer = await client.chat.completions.create({ model: 'mock', messages: hello });
  assert.equal(answer.choices[0].message.content, 'Mock answer to: Hello');
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert.ok(answer.usage.total_tokens > 0);
  assert.ok(answer._request_id);
});

await step('streaming', async () => {
  const stream = await client.chat.completions.create({
    model: 'mock',
    messages: hello,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = '';
  let usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, 'Mock answer to: Hello');
  assert.ok(usage.total_tokens > 0);
});

await step('tools', async () => {
  const messages = [{ role: 'user', content: 'Use weather' }];
  const asked = await client.chat.completions.create({ model: 'mock', messages, tools });
  const call = asked.choices[0].message.tool_calls[0];
  assert.equal(asked.choices[0].finish_reason, 'tool_calls');
  assert.equal(call.function.name, 'weather');
  assert.equal(typeof JSON.parse(call.function.arguments).city, 'string');
  messages.push(asked.choices[0].message, { role: 'tool', tool_call_id: call.id, content: 'rain' });
  const answer = await client.chat.completions.create({ model: 'mock', messages, tools });
  assert.match(answer.choices[0].message.content, /rain/);
});

await step('streamed tools', async () => {
  const stream = client.chat.completions.stream({
    model: 'mock',
    messages: [{ role: 'user', content: 'Use weather' }],
    tools,
  });
  const message = await stream.finalMessage();
  assert.equal(message.tool_calls[0].function.name, 'weather');
  assert.equal(typeof JSON.parse(message.tool_calls[0].function.arguments).city, 'string');
});

await step('structured output', async () => {
  const schema = {
    type: 'object',
    properties: { color: { enum: ['red', 'blue'] }, count: { type: 'integer' } },
    required: ['color', 'count'],
    additionalProperties: false,
  };
  const answer = await client.chat.completions.parse({
    model: 'mock',
    messages: [{ role: 'user', content: 'The blue one' }],
    response_format: { type: 'json_schema', json_schema: { name: 'choice', strict: true, schema } },
  });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { color: 'blue', count: 0 });
});

await step('embeddings', async () => {
  // Without being told, the package asks for Base64 and turns it into numbers.
  const coded = await client.embeddings.create({ model: 'mock-embedding', input: ['one', 'two'] });
  const plain = await client.embeddings.create({
    model: 'mock-embedding',
    input: ['one', 'two'],
    encoding_format: 'float',
  });
  assert.equal(coded.data.length, 2);
  assert.equal(coded.data[0].embedding.length, plain.data[0].embedding.length);
  coded.data[1].embedding.forEach((number, i) => assert.ok(Math.abs(number - plain.data[1].embedding[i]) < 1e-6));
});

await step('models', async () => {
  const names = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.ok(names.includes('mock'), names.join(' '));
  assert.equal((await client.models.retrieve('mock')).id, 'mock');
  await assert.rejects(client.models.retrieve('no-such-model'), NotFoundError);
});

await step('errors', async () => {
  const failing = (mock) => client.chat.completions.create({ model: 'mock', messages: hello, mock }, { maxRetries: 0 });
  await assert.rejects(client.chat.completions.create({ model: 'no-such-model', messages: hello }), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.equal(error.code, 'model_not_found');
    return true;
  });
  await assert.rejects(failing({ status: 400 }), BadRequestError);
  await assert.rejects(failing({ status: 500 }), InternalServerError);
  await assert.rejects(failing({ status: 429, retry_after: 600 }), (error) => {
    assert.ok(error instanceof RateLimitError);
    assert.equal(error.code, 'rate_limit_exceeded');
    assert.equal(error.headers.get('retry-after'), '600');
    return true;
  });
});

await step('time limit', async () => {
  const hanging = client.chat.completions.create(
    { model: 'mock', messages: hello, mock: { hang: true } },
    { timeout: 300, maxRetries: 0 },
  );
  await assert.rejects(hanging, APIConnectionTimeoutError);
});

await step('retries', async () => {
  // The provider refuses the first request of this model.
  const answer = await client.chat.completions.create({ model: 'flaky-node', messages: hello }, { maxRetries: 2 });
  assert.equal(answer.choices[0].message.content, 'at last');
});

await step('cancellation', async () => {
  const controller = new AbortController();
  const stream = await client.chat.completions.create(
    { model: 'endless-node', messages: hello, stream: true },
    { signal: controller.signal },
  );
  let chunks = 0;
  try {
    for await (const chunk of stream) {
      assert.ok(chunk.choices.length > 0);
      if (++chunks === 3) controller.abort();
    }
  } catch (error) {
    assert.ok(error instanceof APIUserAbortError, String(error));
  }
  // What had arrived by then is still handed out.
  assert.ok(chunks >= 3);
});
