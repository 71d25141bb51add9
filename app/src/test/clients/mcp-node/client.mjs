// The official MCP package for Node against the server at BASE_URL. Ends with 0 when all is as it should be.
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const url = new URL(process.env.BASE_URL + '/mcp');
const headers = { 'x-api-key': process.env.API_KEY };

async function step(name, work) {
  const begun = Date.now();
  await work();
  console.log(`${name}: ${Date.now() - begun} ms`);
}

async function connected(options = { requestInit: { headers } }) {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(url, options);
  await client.connect(transport);
  return { client, transport };
}

await step('no key, no entry', async () => {
  await assert.rejects(connected({}), (error) => error.code === 401);
  const foreign = { requestInit: { headers: { authorization: 'Bearer ap_foreign' } } };
  await assert.rejects(connected(foreign), (error) => error.code === 401);
});

const { client, transport } = await connected();

await step('initialize and ping', async () => {
  assert.equal(client.getServerVersion().name, 'agent-platform');
  assert.ok(client.getServerCapabilities().tools);
  assert.match(transport.sessionId, /^[0-9a-f-]{36}$/);
  assert.equal(transport.protocolVersion, '2025-11-25');
  await client.ping();
});

await step('all tools, page after page', async () => {
  const tools = [];
  let cursor;
  let pages = 0;
  do {
    const page = await client.listTools({ cursor });
    tools.push(...page.tools);
    cursor = page.nextCursor;
    pages++;
  } while (cursor);
  const names = tools.map((tool) => tool.name);
  assert.equal(new Set(names).size, names.length);
  for (const name of ['agent_greeter', 'team_pair', 'workflow_hello', 'skill_greet']) assert.ok(names.includes(name), name);
  assert.ok(!names.includes('workflow_draft'));
  assert.ok(pages > 1, `${names.length} tools on ${pages} pages`);
  const skill = tools.find((tool) => tool.name === 'skill_greet');
  assert.deepEqual(skill.inputSchema.required, ['who']);
  const workflow = tools.find((tool) => tool.name === 'workflow_hello');
  assert.deepEqual(Object.keys(workflow.inputSchema.properties), ['name']);
});

await step('calls of every kind', async () => {
  const text = async (name, args) => {
    const result = await client.callTool({ name, arguments: args });
    assert.ok(!result.isError, JSON.stringify(result));
    return result.content[0].text;
  };
  assert.equal(await text('workflow_hello', { name: 'Ada' }), 'Hello Ada');
  assert.equal(await text('agent_greeter', { input_text: 'Hi' }), 'Mock answer to: Hi');
  assert.match(await text('team_pair', { input_text: 'Hi' }), /Mock answer/);
  assert.equal(await text('skill_greet', { who: 'Bob' }), 'Good day, Bob');
  const typed = await client.callTool({ name: 'workflow_typed', arguments: { a: 2 } });
  assert.deepEqual(typed.structuredContent, { doubled: 4 });
});

await step('progress', async () => {
  const seen = [];
  const result = await client.callTool({ name: 'workflow_steps', arguments: {} }, undefined, {
    onprogress: (progress) => seen.push(progress),
  });
  assert.ok(!result.isError, JSON.stringify(result));
  assert.ok(seen.length >= 3, JSON.stringify(seen));
  for (let i = 1; i < seen.length; i++) assert.ok(seen[i].progress > seen[i - 1].progress);
  assert.ok(seen.some((progress) => progress.message === 'step.completed one'), JSON.stringify(seen));
});

await step('what fails is a result', async () => {
  const failed = await client.callTool({ name: 'workflow_fails', arguments: {} });
  assert.equal(failed.isError, true);
  assert.match(failed.content[0].text, /failed/);
  const unfit = await client.callTool({ name: 'skill_greet', arguments: { who: 7 } });
  assert.equal(unfit.isError, true);
  assert.match(unfit.content[0].text, /who/);
  await assert.rejects(client.callTool({ name: 'workflow_nobody', arguments: {} }), (error) => error.code === -32602);
  await assert.rejects(client.listResources(), /resources|-32601/);
});

await step('cancel', async () => {
  const abort = new AbortController();
  const call = client.callTool({ name: 'workflow_waits', arguments: {} }, undefined, {
    signal: abort.signal,
    onprogress: (progress) => {
      if (progress.message.startsWith('step.waiting')) abort.abort('enough');
    },
  });
  await assert.rejects(call, /enough/);
  // The notification is on its way: the session is needed until it has come.
  const cancelled = process.env.BASE_URL + '/runtime/runs?status=cancelled';
  const deadline = Date.now() + 20_000;
  let runs = [];
  while (runs.length === 0) {
    assert.ok(Date.now() < deadline, 'the run goes on');
    runs = (await (await fetch(cancelled, { headers })).json()).items;
  }
});

await step('the end of a session', async () => {
  const sessionId = transport.sessionId;
  await transport.terminateSession();
  await client.close();
  const late = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'mcp-session-id': sessionId },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
  });
  assert.equal(late.status, 404);
});
