"""An OpenAI server with exact timings and faults to order, run as a process of its own.

The server generates no text. It sends filler tokens, each at the time that the options set. It keeps a log
of all requests, and applies the faults that a test asks for. A load generator is tested against it: what the
generator reports must agree with the log.

    with stub_server(ttft=0.05, itl=0.01) as stub:
        ...  # send requests to stub.url
        assert stub.log()[0].ttft == pytest.approx(0.05, abs=0.002)
"""
