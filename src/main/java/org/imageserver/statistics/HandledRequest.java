package org.imageserver.statistics;

import java.time.Duration;
import java.time.Instant;

/**
 * A request that somebody may want to look at.
 *
 * @param at when its answer was out
 * @param method such as GET
 * @param target path and query, without secrets
 * @param status of the answer
 * @param took the time until the answer began
 * @param id under which the log has it ({@code req_id})
 */
public record HandledRequest(Instant at, String method, String target, int status, Duration took, String id) {}
