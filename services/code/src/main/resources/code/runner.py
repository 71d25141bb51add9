# Waits for one job on descriptor 0, runs it and answers on descriptor 3; what the job prints leaves by 1 and 2.
import json, os, sys

ANSWER = 3


def read(count):
    parts = []
    while count > 0:
        part = os.read(0, min(count, 65536))
        if not part:
            os._exit(0)
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_head():
    head = b""
    while not head.endswith(b"\n"):
        head += read(1)
    return [int(word) for word in head.split()]


def line_of(error):
    if isinstance(error, SyntaxError) and error.filename == "code.py":
        return error.lineno or 0
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "code.py":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def failure(kind, error):
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        text = ""
    return {"error": kind, "type": type(error).__name__, "message": str(text)[:4000], "line": line_of(error)}


def answer_of(code, payload):
    scope = {"__name__": "__main__", "__builtins__": __builtins__, "payload": payload, "result": None}
    try:
        exec(compile(code, "code.py", "exec"), scope)
    except SystemExit as leaving:
        if leaving.code not in (None, 0):
            return failure("code_exited", leaving)
    except MemoryError as error:
        return failure("memory_limit", error)
    except BaseException as error:
        return failure("code_error", error)
    try:
        json.dumps(scope.get("result"), allow_nan=False)
    except MemoryError as error:
        return failure("memory_limit", error)
    except BaseException as error:
        return failure("result_not_json", error)
    return {"result": scope.get("result")}


def main():
    os.environ.clear()
    os.set_inheritable(ANSWER, False)
    sys.argv[:] = ["code.py"]
    sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")
    os.write(ANSWER, b"ready\n")
    code_bytes, payload_bytes = read_head()
    code = read(code_bytes).decode("utf-8")
    payload = json.loads(read(payload_bytes))
    process, write, leave, dump = os.getpid(), os.write, os._exit, json.dumps
    answer = answer_of(code, payload)
    # What the code has forked may come here too.
    if os.getpid() != process:
        leave(0)
    try:
        sys.stdout.flush()
    except BaseException:
        pass
    data = dump(answer).encode() + b"\n"
    while data:
        data = data[write(ANSWER, data):]
    leave(0)


main()
