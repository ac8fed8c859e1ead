import ArgumentParser

/// From when on something is wrong.
struct NewsThresholds: ParsableArguments {
    @Option(help: "Running or pending for longer than this counts as stuck.")
    var stuckAfter = DurationArgument.of("1h")

    @Option(
        help:
            "A vCenter without a good poll for longer than this is not polled (default: 2.5 times its usual interval and at least 15m; 1d as long as that is unknown)."
    )
    var silentAfter: DurationArgument?
}
