/// The definitions behind a report's figures, in plain words.
package enum ReportDefinitions {
    /// What `report --explain` prints; at most 80 columns.
    package static let text = """
        What the figures of a report mean

        customization    One run of a customization inside a guest. However often it was
                         polled, it counts once: it is told by its vCenter, VM, endpoint
                         and start time (by its end time where vCenter sends no start;
                         without either, by an unbroken row of such answers, which
                         is the customization that ends it if that is a new one).
                         A start or an end before 1970-01-02 counts as not sent.
        outcome          As in the latest answer about it: succeeded, failed, running,
                         pending, or other (a status that this program does not know).
                         Lost: it was last seen running or pending, and then the VM
                         answered something else or was gone, so that it ended unseen.
        listed, gone     A VM is gone once the whole list of its vCenter's VMs has it no
                         more, until it is listed again. Only a list without filters
                         and without --vm is whole; one of no VMs at all is not. What a
                         gone VM did counts in its window; it is shown after the
                         others, and is never failing.
        in the window    The window runs from --since up to, and without, --until.
                         Succeeded and failed customizations are placed in it by their
                         end, by vCenter's clock (by the poll that first showed the end
                         where vCenter sends none); all others by the latest poll that
                         showed them.
        failure rate     failed / (succeeded + failed). Where none finished there is no
                         rate (a dash, null in JSON); it is never shown as 0 %.
        true rate likely Few customizations tell little of the rate behind them: with a
                         confidence of 95 % it lies in this interval (Wilson's), shown
                         where fewer than 100 finished.
        window before    With --compare: the window of the same length that ends where
                         this one begins. Its rate is called higher or lower only if
                         the difference is more than chance (Newcombe's interval of
                         95 %).
        duration         End minus start, both by vCenter's clock, of succeeded and
                         failed ones that have both. If the end is before the start,
                         that is counted as a clock fault and left out.
        p50, p90 … p99   Half, or 90 % …, of the durations are not longer. They are
                         interpolated linearly between the closest ranks, as numpy and
                         PostgreSQL's percentile_cont do.
        day              A day of the local calendar, with 23 or 25 hours where the
                         clocks change. "No data": no collection run on it had a good
                         poll, and no later one told of a customization on it. A day
                         before the first run has no rate: all that is known of it is
                         the last customization of each VM.
        stuck            Running or pending for longer than --stuck-after (1 h) at the
                         latest poll, since its start or the first poll that showed it.
                         Stuck ones are among the running and pending ones.
        latest error     Of a VM: the error of the failed customization in the window
                         that ended last, and when. The VM has recovered if a later
                         customization of it succeeded, at either endpoint, even after
                         the window's end.
        probable cause   What an error most likely means, by its identifier, else by its
                         text, as this program's table of causes has it. An error that
                         the table does not have is said to be unknown.
        worst first      VMs whose latest failure was not followed by a success; then
                         those with a stuck customization; those that recovered; those
                         with lost or other ones; those with one under way; the rest;
                         at last those that are gone.
                         Within each: the higher failure rate, then more failures,
                         then more stuck and lost ones, then the later failure.
        coverage         What the history cannot know: collection runs that failed or
                         were interrupted, VMs without a good poll in the window, and
                         the longest time for which no run of a vCenter had a good
                         poll, from the window's begin where it had none before, and
                         up to now. What was not watched for over 2.5 times the usual
                         time between runs, and 15 min, is told. No data is neither
                         success nor failure.
        --since, --until 7d counts back from now, a day being 24 h. A bare date is its
                         midnight in the local time zone. A local time that the clocks
                         skip is the instant they go forward; one that they show twice
                         is the first of the two.

        """
}
