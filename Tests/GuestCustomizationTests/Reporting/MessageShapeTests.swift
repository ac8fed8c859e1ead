import GuestCustomization
import TestSupport
import Testing

@Suite struct MessageShapeTests {
    @Test(arguments: [
        ("Tools not running in 'web-01'.", "Tools not running in 'db'."),
        ("Tools not running in “Café – 1”", "Tools not running in “数据库”"),
        ("can't reach 'a'", "can't reach 'b's copy'"),
        ("host 10.0.0.1 refused", "host fe80::1 refused"),
        ("host dead:beef::cafe refused", "host 10.0.0.2:443 refused"),
        ("adapter aa:bb:cc:dd:ee:ff is gone", "adapter 00:50:56:00:00:01 is gone"),
        ("no answer from vc.example.org", "no answer from 192.0.2.1"),
        ("see https://vc/ui", "see https://example.org/a"),
        ("owner admin@vsphere.local", "owner root@local"),
        ("vm-42 is gone", "vm-4711 is gone"),
        ("task 5028c3a0-7e5c-4d4e-9d3e-0a1b2c3d4e5f ended", "task 1028c3a0-7e5c-4d4e-9d3e-0a1b2c3d4e5f ended"),
        ("waited 14.5 seconds", "waited 15 seconds"),
        ("since 2026-11-01T08:00:00.000Z", "since 2026-11-02T08:00:00+01:00"),
        ("adapters 1, 2, 3 are missing", "adapters 4 are missing"),
        ("in /vmfs/volumes/5f3a/web", "in /vmfs/volumes/77ce/web"),
        ("a  b\nc", "a b c"),
        (
            "cannot run /var/run/.vmware-imgcust-dZMKDmP/scripts/customize.sh",
            "cannot run /var/run/.vmware-imgcust-dabcdef/scripts/customize.sh"
        ),
        ("in /tmp/tmp.XaBkQwErTy/x", "in /tmp/tmp.qWeRtYuIoP/x"), ("in /tmp/tmpqwertyui/x", "in /tmp/tmpasdfghjk/x"),
        ("left vmware-imgcust-dZMKDmP behind", "left vmware-imgcust-dQRSTUv behind"),
        ("in /tmp/ansible-AbCdEf/x", "in /tmp/ansible-qWERTy/x"),
        ("deploying /var/run/201b5b4e/imcf-jKPbQw", "deploying /var/run/32e144e9/imcf-abcdef"),
        ("task {5028C3A0-7E5C-4D4E-9D3E-0A1B2C3D4E5F}", "task {1028C3A0-7E5C-4D4E-9D3E-0A1B2C3D4E5F}"),
        ("since Mon Nov 23 08:00:00 UTC 2026", "since Tue Dec 1 09:30:00 CET 2026"),
        ("since 23 November 2026, 8:00 PM", "since 1 May 2026, 9:00 AM"),
    ])
    func `the parts that differ between VMs are left out`(one: String, other: String) {
        #expect(MessageShape(one) == MessageShape(other))
        #expect(one != other)
    }

    @Test(arguments: [
        ("script exited with 127", "script exited with 32256"),
        ("failed (exit status 1)", "failed (exit status 126)"),
        ("rc=1", "rc=2"),
        ("HTTP 503 from vCenter", "HTTP 504 from vCenter"),
        ("Sysprep refused (0x80073cf2)", "Sysprep refused (0x80070005)"),
        ("failed with exitcode: 1, stderr", "failed with exitcode: 127, stderr"),
        ("error code of 5", "error code of 6"),
        ("returned 1", "returned 2"), ("error 0x5", "error 0x6"), ("killed by signal 9", "killed by signal 15"),
        ("may fail", "must fail"), ("cannot write /run/cloud-init", "cannot write /run/network"),
        ("in /opt/toolsDeployPkg", "in /opt/toolsDeployLog"),
        ("cannot write /tmp", "cannot write /run"),
        ("com.vmware.x.perl", "com.vmware.x.tools"),
        ("see setuperr.log", "see setupact.log"),
        ("No Perl", "No Tools"),
    ])
    func `the parts that describe the fault are kept`(one: String, other: String) {
        #expect(MessageShape(one) != MessageShape(other))
    }

    @Test func `a VM's own name is left out wherever it is a word`() {
        let mail = MessageShape("Mail Server: Mail Server.local is down", names: ["Mail Server", "vm-1"])
        #expect(mail == MessageShape("post: post.local is down", names: ["post", "vm-2"]))
        #expect(mail.text == "…: ….local is down")
        #expect(MessageShape("web-front is down", names: ["web"]).text == "web-front is down")
    }

    @Test func `a VM's own name is left out in other letter case and in paths`() {
        let one = MessageShape("WEB-FRONT: no /vms/web-front/x", names: ["web-front"])
        #expect(one == MessageShape("db: no /vms/db/x", names: ["db"]))
        #expect(MessageShape("error 0x80073CF2") == MessageShape("error 0x80073cf2"))
    }

    @Test func `an unclosed quote hides nothing`() {
        #expect(MessageShape("it's 'open and \"so on").text == "it's 'open and \"so on")
    }

    /// Any text of a guest becomes one line of limited length.
    @Test(arguments: 1...200) func `any message has a shape`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let pieces = [
            "'", "\"", "“", "”", "„", "«", "1", "a", "/", "\\", "://", "=", ",", " ", "\n", "0x80073cf2",
            "exit status",
            "with", "é", "👩‍👩‍👧", "\u{0}", "@", "...", "a.b.c",
        ]
        let message = (0..<Int.random(in: 0...300, using: &random)).map { _ in
            pieces.randomElement(using: &random) ?? ""
        }.joined()
        let shape = MessageShape(message, names: ["a", ""]).text
        #expect(shape.utf8.count <= 3 * 2000)
        #expect(!shape.contains("\n") && !shape.contains("  "))
    }
}
