"""The official MCP package for Python against the server at BASE_URL. Ends with 0 when all is as it should be."""

import asyncio
import os

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client


async def main():
    url = os.environ["BASE_URL"] + "/mcp"
    headers = {"authorization": "Bearer " + os.environ["API_KEY"]}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            tools = []
            cursor = None
            while True:
                page = await client.list_tools(cursor=cursor)
                tools += [tool.name for tool in page.tools]
                cursor = page.next_cursor
                if not cursor:
                    break
            assert "workflow_hello" in tools, tools
            assert len(set(tools)) == len(tools)

            answer = await client.call_tool("workflow_hello", {"name": "Ada"})
            assert not answer.is_error and answer.content[0].text == "Hello Ada", answer

            seen = []

            async def progress(value, total, message):
                seen.append((value, message))

            answer = await client.call_tool("workflow_steps", {}, progress_callback=progress)
            assert not answer.is_error, answer
            assert len(seen) >= 3 and seen == sorted(seen), seen

            answer = await client.call_tool("workflow_fails", {})
            assert answer.is_error, answer


asyncio.run(main())
