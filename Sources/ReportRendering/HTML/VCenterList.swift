import GuestCustomization

/// The vCenters side by side, if there are several.
struct VCenterList {
    let markup: Markup?

    init(_ vCenters: [VCenterReport]) {
        guard vCenters.count > 1 else {
            markup = nil
            return
        }
        let rows = vCenters.map { vCenter -> Markup in
            let figures = vCenter.figures
            let interval = ReportWords.interval(of: figures).map { "<small>likely \($0)</small>" as Markup }
            func known(_ count: Int, else text: String = FigureText.none) -> String {
                vCenter.isWithoutData ? text : "\(count)"
            }
            return """
                <tr><th scope="row">\(Markup.isolated(vCenter.name, upTo: 200))</th>\
                <td class="number" data-label="VMs">\(known(vCenter.virtualMachines))</td>\
                <td class="number" data-label="Count">\(known(figures.customizations, else: "no data"))</td>\
                <td class="number" data-label="Failed">\(known(figures.failed))</td>\
                <td class="number" data-label="Rate">\(FigureText.percent(figures.failureRate))\(interval)</td>\
                <td class="number" data-label="p50">\(FigureText.duration(figures.durations?.p50))</td>\
                <td class="number" data-label="p95">\(FigureText.duration(figures.durations?.p95))</td></tr>
                """
        }
        let heads = ["vCenter", "VMs", "Count", "Failed", "Rate", "p50", "p95"].map {
            "<th scope=\"col\">\($0)</th>" as Markup
        }
        markup = """
            <section class="card short" aria-labelledby="vcenters"><h2 id="vcenters">vCenters</h2>
            <table class="stacked"><caption class="unseen">Figures of each vCenter</caption>
            <thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table></section>
            """
    }
}
