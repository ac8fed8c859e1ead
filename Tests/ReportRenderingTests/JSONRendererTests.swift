import Foundation
import GuestCustomization
import ReportRendering
import TestSupport
import Testing

@Suite struct JSONRendererTests {
    @Test func `a report has the documented JSON`() {
        let small = report(
            [
                customization(.succeeded, end: 100, took: 10.1, vm: "vm-42", name: "web \"01\""),
                customization(
                    .failed, end: 200, took: 20.3, vm: "vm-42", name: "web \"01\"", errorID: "a.b", error: "no\nPerl"),
                customization(.succeeded, end: 300, took: 30, vm: "vm-42", name: "web \"01\""),
                customization(.running, end: 400, vm: "vm-7", name: "数据库"),
            ],
            coverage: ReportCoverage(
                runs: 5, complete: 3, partial: 1, failed: 1, interrupted: 0, longestGapSeconds: 3600.5,
                lastGoodPollAt: at(9000), virtualMachinesWithoutData: 2,
                vCenters: [
                    WatchRecord(
                        vCenter: "vc-a", runs: 5, firstGoodRunAt: at(-100), lastGoodRunAt: at(9000),
                        longestGapSeconds: 3600.5,
                        gaps: [
                            WatchRecord.Gap(since: at(5000), until: at(8600.5)),
                            WatchRecord.Gap(since: at(9000), until: at(12_000)),
                        ], knownUntil: at(12_000))
                ], runsStampedLater: 1))
        let text = JSONRenderer().render(small)
        #expect(
            text.hasPrefix(
                """
                {
                  "format": "customization-history/report/1",
                  "generated_at": "2026-11-23T08:00:00.000Z",
                  "window": {
                    "since": "2026-11-16T08:00:00.000Z",
                    "until": "2026-11-23T08:00:00.000Z"
                  },
                  "summary": {
                    "virtual_machines": 2,
                    "customizations": 4,
                    "succeeded": 2,
                    "failed": 1,
                    "running": 1,
                    "pending": 0,
                    "stuck": 0,
                    "lost": 0,
                    "other": 0,
                    "failure_rate": 0.3333333333333333,
                    "clock_faults": 0,
                    "duration_seconds": {
                      "count": 3,
                      "min": 10.1,
                      "mean": 20.133333,
                      "p50": 20.3,
                      "p90": 28.06,
                      "p95": 29.03,
                      "p99": 29.806,
                      "max": 30
                    },
                    "failure_rate_interval": {
                      "lower": 0.061492,
                      "upper": 0.79234
                    },
                    "from_events": 0
                  },
                  "virtual_machines": [
                    {
                      "vcenter": "vc-a",
                      "vm": "vm-42",
                      "instance_uuid": null,
                      "name": "web \\"01\\"",
                      "condition": "recovered",
                      "is_listed": true,
                      "customizations": 3,
                      "succeeded": 2,
                      "failed": 1,
                      "running": 0,
                      "pending": 0,
                      "stuck": 0,
                      "lost": 0,
                      "other": 0,
                      "failure_rate": 0.3333333333333333,
                      "clock_faults": 0,
                      "duration_seconds": {
                        "count": 3,
                        "min": 10.1,
                        "mean": 20.133333,
                        "p50": 20.3,
                        "p90": 28.06,
                        "p95": 29.03,
                        "p99": 29.806,
                        "max": 30
                      },
                      "latest_status": "SUCCEEDED",
                      "latest_error": {
                        "id": "a.b",
                        "message": "no\\nPerl",
                        "failed_at": "2026-11-16T08:03:20.000Z",
                        "recovered_at": "2026-11-16T08:05:00.000Z"
                      },
                      "failure_rate_interval": {
                        "lower": 0.061492,
                        "upper": 0.79234
                      }
                    },
                    {
                      "vcenter": "vc-a",
                      "vm": "vm-7",
                      "instance_uuid": null,
                      "name": "数据库",
                      "condition": "under way",
                      "is_listed": true,
                      "customizations": 1,
                      "succeeded": 0,
                      "failed": 0,
                      "running": 1,
                      "pending": 0,
                      "stuck": 0,
                      "lost": 0,
                      "other": 0,
                      "failure_rate": null,
                      "clock_faults": 0,
                      "duration_seconds": null,
                      "latest_status": "RUNNING",
                      "latest_error": null,
                      "failure_rate_interval": null
                    }
                  ],
                  "errors": [
                    {
                      "id": "a.b",
                      "message": "no\\nPerl",
                      "latest_message": "no\\nPerl",
                      "count": 1,
                      "virtual_machines": 1,
                      "first": "2026-11-16T08:03:20.000Z",
                      "last": "2026-11-16T08:03:20.000Z",
                      "cause": {
                        "name": "perl-missing",
                        "explanation": "The guest has no Perl, and VMware's customization scripts are written in Perl.",
                        "checks": [
                          "Install perl in the template, or let cloud-init take over the customization.",
                          "Check that perl is on the PATH of root's non-interactive shell."
                        ],
                        "logs": [
                          {
                            "system": "Linux",
                            "path": "/var/log/vmware-imc/toolsDeployPkg.log",
                            "tells": "how VMware Tools unpacked and ran the customization"
                          }
                        ]
                      }
                    }
                  ],
                  "coverage": {
                    "runs": 5,
                    "complete": 3,
                    "partial": 1,
                    "failed": 1,
                    "interrupted": 0,
                    "longest_gap_seconds": 3600.5,
                    "virtual_machines_without_data": 2,
                    "customizations_ended_later": 0,
                    "last_good_poll_at": "2026-11-16T10:30:00.000Z",
                    "not_watched_seconds": 6600.5,
                    "runs_stamped_later": 1,
                    "polls_pruned_before": null,
                    "watch": [
                      {
                        "vcenter": "vc-a",
                        "runs": 5,
                        "first_good_run_at": "2026-11-16T07:58:20.000Z",
                        "last_good_run_at": "2026-11-16T10:30:00.000Z",
                        "longest_gap_seconds": 3600.5,
                        "not_watched_seconds": 6600.5,
                        "gaps": [
                          {
                            "since": "2026-11-16T09:23:20.000Z",
                            "until": "2026-11-16T10:23:20.500Z",
                            "seconds": 3600.5
                          },
                          {
                            "since": "2026-11-16T10:30:00.000Z",
                            "until": null,
                            "seconds": 3000
                          }
                        ]
                      }
                    ]
                  },
                  "time_zone": "Europe/Berlin",
                  "filter": {
                    "vm": [],
                    "vcenter": [],
                    "endpoint": [],
                    "only": [],
                    "error": null,
                    "guest_os": [],
                    "host": [],
                    "cluster": [],
                    "folder": [],
                    "template": []
                  },
                  "stuck_after_seconds": 3600,
                  "by_day": [
                    {
                      "day": "2026-11-16",
                      "since": "2026-11-16T08:00:00.000Z",
                      "until": "2026-11-16T23:00:00.000Z",
                      "good_runs": 0,
                      "is_before_first_run": false,
                      "customizations": 4,

                """))
        #expect(text.hasSuffix("\n  \"compare\": null,\n  \"attributes\": null\n}\n"))
    }

    @Test func `an empty report has every key`() throws {
        let text = JSONRenderer().render(report([]))
        #expect(text.contains(#""virtual_machines": [],"#))
        #expect(text.contains(#""errors": [],"#))
        #expect(text.contains(#""failure_rate": null,"#))
        #expect(text.contains(#""duration_seconds": null"#))
        #expect(text.contains(#""longest_gap_seconds": null,"#))
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
    }

    /// A parser recovers every character, and a terminal receives no control character.
    @Test(arguments: 1...100) func `any text survives and is harmless`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let (name, error) = (hostileText(using: &random), hostileText(using: &random))
        let text = JSONRenderer().render(
            report([
                customization(.failed, end: 10, vCenter: name, vm: "vm-1", name: name, errorID: error, error: error)
            ]))
        let invisible = text.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: scalar != "\n"
            default: false
            }
        }
        #expect(invisible.isEmpty)

        let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let vm = try #require((document["virtual_machines"] as? [[String: Any]])?.first)
        let latest = try #require(vm["latest_error"] as? [String: Any])
        for (value, expected) in [
            (vm["name"], name), (vm["vcenter"], name), (latest["id"], error), (latest["message"], error),
        ] {
            #expect((value as? String).map { Array($0.utf8) } == Array(expected.utf8))
        }
    }
}
