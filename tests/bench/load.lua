-- The requests of a file in turn, each thread from its own place on:
--	wrk -s load.lua URL -- FILE KEY
-- FILE has lines "METHOD PATH" or "METHOD PATH BODY". Prints one line of JSON.

local threads = 0

function setup(thread)
	thread:set("place", threads * 97)
	threads = threads + 1
end

function init(args)
	local headers = {
		["X-DreamFactory-API-Key"] = args[2],
		["Content-Type"] = "application/json",
	}
	requests = {}
	for line in io.lines(args[1]) do
		local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
		if body == "" then
			body = nil
		end
		requests[#requests + 1] =
			wrk.format(method, path, headers, body)
	end
end

function request()
	place = place % #requests + 1
	return requests[place]
end

function done(summary, latency)
	local errors = summary.errors
	print(string.format("RESULT {\"requests\":%d,\"seconds\":%.6f,"
		.. "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
		.. "\"refused\":%d,\"broken\":%d}",
		summary.requests, summary.duration / 1e6,
		latency:percentile(50) / 1000, latency:percentile(99) / 1000,
		latency.max / 1000, errors.status,
		errors.connect + errors.read + errors.write + errors.timeout))
end
