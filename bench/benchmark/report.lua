-- Prints what wrk counted as one line of JSON.
function done(summary, latency, requests)
    io.write(string.format(
        'JSON {"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,'
            .. '"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
        summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
        summary.errors.connect, summary.errors.read, summary.errors.write,
        summary.errors.status, summary.errors.timeout))
end
