-- The rest is one transaction. What comes is put into temporary tables first.
BEGIN;
CREATE TEMPORARY TABLE staged_export (
    database uuid, after text, cursor text, exported_at bigint, tool_version text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_vcenter (id bigint, name text) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_virtual_machine (
    id bigint, vcenter_id bigint, vm text, vm_name text, instance_uuid text, is_listed boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_virtual_machine_endpoint (id bigint, virtual_machine_id bigint, endpoint text) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_collection_run (
    id bigint, vcenter_id bigint, endpoint text, started_at bigint, finished_at bigint, outcome text, vms bigint, polls bigint,
    failed_polls bigint, failure text, clock_offset_seconds double precision, tool_version text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_answer (
    id bigint, result text, http_status integer, status text, start_time bigint, end_time bigint, error_id text, error_message text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_poll (
    run_id bigint, virtual_machine_endpoint_id bigint, polled_at bigint, answer_id bigint
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_customization (
    virtual_machine_endpoint_id bigint, identity_basis text, identity_value bigint, number bigint, outcome text, start_time bigint,
    end_time bigint, error_id text, error_message text, error_untranslated text, first_polled_at bigint, last_polled_at bigint,
    polls bigint, window_at bigint, is_counted boolean, is_whole boolean
) ON COMMIT DROP;

