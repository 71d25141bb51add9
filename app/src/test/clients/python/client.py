"""The official package for Python against the server at BASE_URL. Ends with 0 when all is as it should be."""

import asyncio
import json
import os
import time
from enum import Enum

import openai
from pydantic import BaseModel

client = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"])
hello = [{"role": "user", "content": "Hello"}]
tools = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }
]


def fails(kind, **options):
    try:
        client.with_options(max_retries=0, timeout=options.pop("timeout", 20)).chat.completions.create(
            messages=hello, **options
        )
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def chat():
    answer = client.chat.completions.create(model="mock", messages=hello)
    assert answer.choices[0].message.content == "Mock answer to: Hello"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens > 0
    assert answer._request_id
    raw = client.chat.completions.with_raw_response.create(model="mock", messages=hello)
    assert raw.headers["content-type"].startswith("application/json")


def streaming():
    stream = client.chat.completions.create(
        model="mock", messages=hello, stream=True, stream_options={"include_usage": True}
    )
    text, usage = "", None
    for chunk in stream:
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        usage = chunk.usage or usage
    assert text == "Mock answer to: Hello"
    assert usage.total_tokens > 0


def calling_tools():
    messages = [{"role": "user", "content": "Use weather"}]
    asked = client.chat.completions.create(model="mock", messages=messages, tools=tools)
    call = asked.choices[0].message.tool_calls[0]
    assert asked.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "weather"
    assert isinstance(json.loads(call.function.arguments)["city"], str)
    messages += [asked.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "rain"}]
    answer = client.chat.completions.create(model="mock", messages=messages, tools=tools)
    assert "rain" in answer.choices[0].message.content


def streamed_tools():
    messages = [{"role": "user", "content": "Use weather"}]
    with client.chat.completions.stream(model="mock", messages=messages, tools=tools) as stream:
        for _ in stream:
            pass
        message = stream.get_final_completion().choices[0].message
    assert message.tool_calls[0].function.name == "weather"
    assert isinstance(json.loads(message.tool_calls[0].function.arguments)["city"], str)


class Color(str, Enum):
    RED = "red"
    BLUE = "blue"


class Choice(BaseModel):
    color: Color
    count: int


def structured_output():
    messages = [{"role": "user", "content": "The blue one"}]
    answer = client.chat.completions.parse(model="mock", messages=messages, response_format=Choice)
    assert answer.choices[0].message.parsed == Choice(color=Color.BLUE, count=0)


def embeddings():
    # Without being told, the package asks for Base64 and turns it into numbers.
    coded = client.embeddings.create(model="mock-embedding", input=["one", "two"])
    plain = client.embeddings.create(model="mock-embedding", input=["one", "two"], encoding_format="float")
    assert len(coded.data) == 2
    assert len(coded.data[0].embedding) == len(plain.data[0].embedding)
    assert all(abs(a - b) < 1e-6 for a, b in zip(coded.data[1].embedding, plain.data[1].embedding))


def models():
    assert "mock" in [model.id for model in client.models.list()]
    assert client.models.retrieve("mock").id == "mock"


def errors():
    assert fails(openai.NotFoundError, model="no-such-model").code == "model_not_found"
    fails(openai.BadRequestError, model="mock", extra_body={"mock": {"status": 400}})
    fails(openai.InternalServerError, model="mock", extra_body={"mock": {"status": 500}})
    limited = fails(openai.RateLimitError, model="mock", extra_body={"mock": {"status": 429, "retry_after": 600}})
    assert limited.code == "rate_limit_exceeded"
    assert limited.response.headers["retry-after"] == "600"


def time_limit():
    fails(openai.APITimeoutError, model="mock", timeout=0.3, extra_body={"mock": {"hang": True}})


def retries():
    # The provider refuses the first request of this model.
    answer = client.with_options(max_retries=2).chat.completions.create(model="flaky-python", messages=hello)
    assert answer.choices[0].message.content == "at last"


def cancellation():
    stream = client.chat.completions.create(model="endless-python", messages=hello, stream=True)
    chunks = 0
    for chunk in stream:
        assert chunk.choices
        chunks += 1
        if chunks == 3:
            break
    stream.close()


def asynchronous():
    async def ask():
        async with openai.AsyncOpenAI(base_url=os.environ["BASE_URL"], api_key=os.environ["API_KEY"]) as other:
            texts = await asyncio.gather(
                *(other.chat.completions.create(model="mock", messages=hello) for _ in range(5))
            )
            return [answer.choices[0].message.content for answer in texts]

    assert asyncio.run(ask()) == ["Mock answer to: Hello"] * 5


for work in [
    chat,
    streaming,
    calling_tools,
    streamed_tools,
    structured_output,
    embeddings,
    models,
    errors,
    time_limit,
    retries,
    cancellation,
    asynchronous,
]:
    begun = time.monotonic()
    work()
    print(f"{work.__name__}: {round(1000 * (time.monotonic() - begun))} ms", flush=True)
