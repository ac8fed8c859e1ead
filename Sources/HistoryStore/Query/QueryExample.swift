/// A question that auditors ask, as a query.
///
/// The queries contain none of the characters that a shell reads in double quotes, so that they can be pasted. A VM is called web-01.
package struct QueryExample: Sendable {
    /// In a sentence.
    package var question: String
    /// Its answer, as one statement.
    package var sql: String

    /// In the order in which they are shown.
    package static let all = polls + customizations + runs

    private static let polls = [
        QueryExample(
            question: "What did one VM answer, poll by poll, in the last week?",
            sql: """
                SELECT polled_at, result, status, error_message FROM poll_history
                WHERE vm_name = 'web-01'
                  AND run_id IN (SELECT run_id FROM collection_run_history WHERE started_at >= date('now', '-7 days'))
                ORDER BY polled_at
                """),
        QueryExample(
            question: "What exactly did vCenter say when it last reported that VM as failed?",
            sql: """
                SELECT polled_at, body FROM poll_history JOIN (SELECT answer_id, body FROM answer_history) USING (answer_id)
                WHERE vm_name = 'web-01' AND status = 'FAILED' ORDER BY run_id DESC LIMIT 1
                """),
        QueryExample(
            question: "Which listed VMs had no data yesterday (UTC)?",
            sql: """
                SELECT vcenter, vm, vm_name, last_reported_at FROM virtual_machine_history
                WHERE is_listed AND (vcenter, vm) NOT IN (
                  SELECT vcenter, vm FROM poll_history
                  WHERE result = 'reported' AND run_id IN (
                    SELECT run_id FROM collection_run_history WHERE date(started_at) = date('now', '-1 day')))
                ORDER BY vcenter, vm_name
                """),
    ]

    private static let customizations = [
        QueryExample(
            question: "Which VMs fail now, since when, and why?",
            sql: """
                SELECT vcenter, vm_name, failed_at, error_message FROM latest_error
                WHERE recovered_at IS NULL AND is_listed ORDER BY failed_at DESC
                """),
        QueryExample(
            question: "Which errors of the last 7 days had never been seen before?",
            sql: """
                SELECT min(ended_at) AS first_seen, count(*) AS failed,
                  count(DISTINCT vcenter || '/' || vm) AS vms, error_message
                FROM customization_history WHERE outcome = 'failed' AND is_counted
                GROUP BY error_id, error_message HAVING first_seen >= date('now', '-7 days') ORDER BY first_seen
                """),
        QueryExample(
            question: "How long does it take, on average, until a VM that failed succeeds again?",
            sql: """
                WITH ended AS (
                  SELECT vcenter, vm, instance_uuid, outcome, ended_at, ifnull(sum(outcome = 'succeeded') OVER (
                    PARTITION BY vcenter, vm, instance_uuid ORDER BY ended_at
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS series
                  FROM customization_history WHERE outcome IN ('succeeded', 'failed') AND is_counted),
                recovery AS (
                  SELECT vcenter, min(ended_at) FILTER (WHERE outcome = 'failed') AS failed_at,
                    max(ended_at) FILTER (WHERE outcome = 'succeeded') AS recovered_at
                  FROM ended GROUP BY vcenter, vm, instance_uuid, series)
                SELECT vcenter, count(*) AS recoveries,
                  round(avg(unixepoch(recovered_at) - unixepoch(failed_at)) / 60, 1) AS mean_minutes
                FROM recovery WHERE failed_at IS NOT NULL AND recovered_at IS NOT NULL GROUP BY vcenter
                """),
        QueryExample(
            question: "At which hours (UTC) of the last 30 days did customizations fail?",
            sql: """
                SELECT strftime('%H', ended_at) AS hour, count(*) AS finished, sum(outcome = 'failed') AS failed
                FROM customization_history
                WHERE is_counted AND outcome IN ('succeeded', 'failed') AND ended_at >= date('now', '-30 days')
                GROUP BY hour ORDER BY hour
                """),
        QueryExample(
            question: "Is it getting worse, week by week?",
            sql: """
                SELECT vcenter, strftime('%Y-%W', ended_at) AS week, count(*) AS finished, sum(outcome = 'failed') AS failed,
                  round(100.0 * sum(outcome = 'failed') / count(*), 1) AS failed_percent
                FROM customization_history WHERE outcome IN ('succeeded', 'failed') AND is_counted
                GROUP BY vcenter, week ORDER BY vcenter, week
                """),
        QueryExample(
            question: "Which ten customizations of the last 30 days took longest?",
            sql: """
                SELECT vcenter, vm_name, outcome, start_time, duration_seconds FROM customization_history
                WHERE is_counted AND duration_seconds IS NOT NULL AND ended_at >= date('now', '-30 days')
                ORDER BY duration_seconds DESC LIMIT 10
                """),
        QueryExample(
            question: "Which customizations ended without anybody seeing how?",
            sql: """
                SELECT vcenter, vm_name, start_time, last_polled_at FROM customization_history
                WHERE outcome = 'lost' AND is_counted ORDER BY last_polled_at DESC
                """),
    ]

    private static let runs = [
        QueryExample(
            question: "For how long has nobody looked, up to now?",
            sql: """
                SELECT vcenter, max(started_at) AS last_good_run,
                  round((unixepoch('now') - unixepoch(max(started_at))) / 60.0, 1) AS minutes_ago
                FROM collection_run_history WHERE polls > failed_polls AND unixepoch(started_at) <= unixepoch('now')
                GROUP BY vcenter
                """),
        QueryExample(
            question: "When did nobody look for more than two hours?",
            sql: """
                SELECT vcenter, started_at AS last_looked_at, next AS next_looked_at FROM (
                  SELECT vcenter, started_at, lead(started_at) OVER (PARTITION BY vcenter ORDER BY started_at) AS next
                  FROM collection_run_history WHERE polls > failed_polls AND unixepoch(started_at) <= unixepoch('now'))
                WHERE unixepoch(coalesce(next, 'now')) - unixepoch(started_at) > 7200
                """),
        QueryExample(
            question: "Which collection runs were not complete, and why?",
            sql: """
                SELECT run_id, vcenter, started_at, outcome, polls, failed_polls, failure FROM collection_run_history
                WHERE outcome NOT IN ('complete', 'running') ORDER BY run_id DESC
                """),
    ]
}
