import GuestCustomization

/// Answers as a vCenter words them.
extension Answer {
    static let notCustomized = reported(CustomizationInfo(status: .notAvailable), #"{"status":"NOT_AVAILABLE"}"#)

    static func running(since start: Timestamp) -> Answer {
        reported(
            CustomizationInfo(status: .running, startTime: start), #"{"status":"RUNNING","start_time":"\#(start)"}"#)
    }

    static func succeeded(_ start: Timestamp, _ end: Timestamp) -> Answer {
        reported(
            CustomizationInfo(status: .succeeded, startTime: start, endTime: end),
            #"{"end_time":"\#(end)","start_time":"\#(start)","status":"SUCCEEDED"}"#)
    }

    /// The text must need no escape in JSON.
    static func failed(_ start: Timestamp, _ end: Timestamp, id: String, _ text: String) -> Answer {
        let message = LocalizableMessage(id: id, defaultMessage: text, args: ["127"])
        let error = #"{"args":["127"],"default_message":"\#(text)","id":"\#(id)"}"#
        return reported(
            CustomizationInfo(status: .failed, startTime: start, endTime: end, error: .message(message)),
            #"{"end_time":"\#(end)","error":\#(error),"start_time":"\#(start)","status":"FAILED"}"#)
    }

    private static func reported(_ info: CustomizationInfo, _ body: String) -> Answer {
        Answer(result: .reported, httpStatus: 200, info: info, body: Array(body.utf8))
    }
}
