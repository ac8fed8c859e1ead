/// The definitions behind a report's figures, in plain words.
package enum ReportDefinitions {
    /// What `report --explain` prints; at most 80 columns.
    package static let text = """
        What the figures of a report mean

        customization    One run of a customization inside a guest. However often it was
                         polled, it counts once: it is identified by its vCenter, VM,
                         endpoint and start time, or by its end time if vCenter sends
                         no start. If vCenter sends neither, an unbroken sequence of
                         such answers is one customization; a new one that ends the
                         sequence is the same customization.
                         A start or an end before 1970-01-02 counts as not sent.
        outcome          By the latest answer about it: succeeded, failed, running,
                         pending, or other (a status that this program does not know).
                         Lost: it was last seen running or pending, then the VM
                         answered something else or was gone, so its end was not seen.
        listed, gone     A VM is gone once the whole list of its vCenter's VMs no longer
                         has it, until it is listed again. Only a list without filters
                         and without --vm is whole; an empty list is not. The
                         customizations of a gone VM count in their window; the VM is
                         shown after the others, and is never failing.
        in the window    The window begins at --since and ends just before --until.
                         Succeeded and failed customizations belong to it by their
                         end, by the vCenter's clock (by the poll that first showed the
                         end if vCenter sends none); all others by the latest poll that
                         showed them.
        failure rate     failed / (succeeded + failed). If none finished there is no
                         rate (a dash, null in JSON); it is never shown as 0 %.
        true rate likely A few customizations say little about the true rate. With a
                         confidence of 95 % it is in this interval (Wilson's), which is
                         shown if fewer than 100 finished.
        window before    With --compare: the window of the same length that ends where
                         this one begins. The rate is called higher or lower only if
                         the difference is more than chance (Newcombe's interval of
                         95 %).
        duration         End minus start, both by the vCenter's clock, of succeeded and
                         failed ones that have both. If the end is before the start,
                         that is counted as a clock fault and left out.
        p50, p90 … p99   Half, or 90 % …, of the durations are not longer. They are
                         interpolated linearly between the closest ranks, as numpy and
                         PostgreSQL's percentile_cont do.
        day              A day of the local calendar, with 23 or 25 hours where the
                         clocks change. "No data": no collection run on it had a good
                         poll, and no later poll reported a customization on it. A day
                         before the first run has no rate: only the last customization
                         of each VM is known of it.
        stuck            Running or pending for longer than --stuck-after (1 h) at the
                         latest poll, since its start or the first poll that showed it,
                         even if that poll told only that VMware Tools is not running.
                         Stuck ones are counted among the running and pending ones.
        latest error     Of a VM: the error of its failed customization in the window
                         that ended last, and when. The VM has recovered if a later
                         customization of it succeeded, at either endpoint, even after
                         the window's end.
        probable cause   What an error most likely means, by its identifier, else by its
                         text, according to this program's table of causes. The cause
                         of an error that is not in the table is unknown.
        what VMs were    With --by host and the like: a customization counts for what
                         its VM was when it ended (else when it began, else at the
                         first poll that showed it), by the latest change that a run
                         saw until then; before the first one known, by that. What
                         vCenter did not tell is unknown.
        suspect          A value, such as a host, whose VMs fail more often than those
                         with other known values, hard to explain by chance: Fisher's
                         exact test, one-sided, adjusted for the number of values
                         tested (Benjamini and Hochberg; at most 5 %), if at least 5
                         finished. "Chance" is the adjusted p-value. No proof: a host
                         may fail for the template that runs on it.
        worst first      VMs whose latest failure was not followed by a success; then
                         those with a stuck customization; those that recovered; those
                         with lost or other ones; those with one under way; the rest;
                         finally those that are gone.
                         Within each: the higher failure rate, then more failures,
                         then more stuck and lost ones, then the later failure.
        coverage         What is missing in the history: collection runs that failed or
                         were interrupted, VMs without a good poll in the window, and
                         the longest time that no run of a vCenter had a good poll. It
                         counts from the window's beginning if there was none before,
                         and up to now. A gap is reported if it exceeds both 2.5 times
                         the usual time between runs and 15 min. No data is neither
                         success nor failure. A customization that was seen finished,
                         but whose end is later than now by the clock of the guest or
                         vCenter, is reported as a clock fault, and counted once that
                         time has come.
        --since, --until 7d counts back from now; a day is 24 h. A bare date means its
                         midnight in the local time zone. A local time that the clocks
                         skip means the instant when they go forward; one that they
                         show twice means the first of the two.

        """
}
