import Testing

@Suite struct CronTableTests {
    @Test func `lines that cron accepts are accepted`() throws {
        let table = try CronTable("# a\n\nMAILTO = ops\n\t0,30 1-5/2 * */3 7 www-data  a -b 'c d'\n")
        #expect(table.environment == ["MAILTO": "ops"])
        #expect(
            table.jobs == [.init(times: ["0,30", "1-5/2", "*", "*/3", "7"], user: "www-data", command: "a -b 'c d'")])
    }

    @Test(arguments: [
        "* * * * * root true", "* * * * root\n", "60 * * * * root true\n", "* 24 * * * root true\n",
        "*/0 * * * * root true\n", "5-1 * * * * root true\n", "* * 0 * * root true\n", "5/2 * * * * root true\n",
        "* * * * * /bin/true now\n", "* * * * * root date +%F\n",
    ])
    func `lines that cron refuses or misreads are refused`(text: String) {
        #expect(throws: CronTable.Fault.self) { try CronTable(text) }
    }
}
