package reportpage

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/go-analyze/charts"
)

// bars is a chart of stacked bars. Its texts are our own: what comes from elsewhere stands in the page's tables only.
type bars struct {
	labels []string
	series []series
	// tick writes a value of the axis.
	tick func(int64) string
}

type series struct {
	name   string
	values []float64
}

// The size of a chart in its own units; it is scaled to the page.
const (
	chartWidth, chartHeight = 900, 260
	// mostLabels is how many labels have room below the bars.
	mostLabels = 12
	// mostTicks is how many steps the axis has at most.
	mostTicks = 5
)

// The colours of series, of texts and of lines. The page's style sheet has the same.
var (
	seriesColours = []charts.Color{colour(0x3b6fd4), colour(0x2f9e62), colour(0xd97a2b), colour(0x8e8e98)}
	light         = shades{text: colour(0x55555f), line: colour(0xd9d9df)}
	dark          = shades{dark: true, text: colour(0xb4b4be), line: colour(0x3c3c44)}
)

type shades struct {
	dark       bool
	text, line charts.Color
}

// colour returns a colour of the form 0xrrggbb.
func colour(rgb uint32) charts.Color {
	return charts.Color{R: uint8(rgb >> 16), G: uint8(rgb >> 8 & 0xff), B: uint8(rgb & 0xff), A: 255}
}

func (s shades) theme() charts.ColorPalette {
	return charts.MakeTheme(charts.ThemeOption{
		IsDarkMode: s.dark, BackgroundColor: charts.ColorTransparent, AxisStrokeColor: s.line, AxisSplitLineColor: s.line,
		TextColor: s.text, TextColorLegend: s.text, TextColorXAxis: s.text, TextColorYAxis: s.text, SeriesColors: seriesColours,
	})
}

// draw returns the chart as SVG in two versions, of which the page shows one.
func (b bars) draw() (map[string]template.HTML, error) {
	drawn := map[string]template.HTML{}
	for name, s := range map[string]shades{"light": light, "dark": dark} {
		svg, err := b.svg(s)
		if err != nil {
			return nil, fmt.Errorf("draw a chart: %w", err)
		}
		drawn[name] = svg
	}
	return drawn, nil
}

func (b bars) svg(s shades) (template.HTML, error) {
	data, names := make([][]float64, len(b.series)), make([]string, len(b.series))
	for i, of := range b.series {
		names[i] = of.name
		for _, v := range of.values {
			data[i] = append(data[i], max(v, 0))
		}
	}
	top, steps := b.axis()
	font := charts.FontStyle{FontSize: 9}
	o := charts.NewBarChartOptionWithData(data)
	o.Theme, o.StackSeries, o.Padding = s.theme(), charts.Ptr(true), charts.NewBox(10, 10, 10, 0)
	o.Legend = charts.LegendOption{SeriesNames: names, FontStyle: font, Show: charts.Ptr(len(names) > 1)}
	o.CategoryAxis = charts.CategoryAxisOption{Labels: b.thinned(), LabelFontStyle: font, LabelCount: len(b.labels)}
	o.ValueAxis = []charts.ValueAxisOption{{
		Min: charts.Ptr(0.0), Max: charts.Ptr(top), LabelCount: steps + 1, LabelFontStyle: font, PreferNiceIntervals: charts.Ptr(false),
		ValueFormatter: func(v float64) string { return b.tick(int64(math.Round(v))) },
	}}
	p := charts.NewPainter(charts.PainterOptions{OutputFormat: charts.ChartOutputSVG, Width: chartWidth, Height: chartHeight})
	if err := p.BarChart(o); err != nil {
		return "", err
	}
	text, err := p.Bytes()
	if err != nil {
		return "", err
	}
	_, inner, _ := strings.Cut(string(text), " viewBox=") // Within HTML an SVG needs no names of XML.
	return template.HTML("<svg viewBox=" + inner), nil    // Its texts are ours, and the library escapes them.
}

// thinned are the labels at equal distances, and as many as have room; the others are empty.
func (b bars) thinned() []string {
	every := (len(b.labels) + mostLabels - 1) / mostLabels
	thinned := make([]string, len(b.labels))
	for i := 0; i < len(b.labels); i += every {
		thinned[i] = b.labels[i]
	}
	return thinned
}

// axis returns the end of the axis, and in how many equal steps it is reached: 1, 2 or 5 times a power of ten.
func (b bars) axis() (top float64, steps int) {
	most := 0.0
	for i := range b.labels {
		sum := 0.0
		for _, s := range b.series {
			sum += max(s.values[i], 0)
		}
		most = max(most, sum)
	}
	for power := 1.0; ; power *= 10 {
		for _, step := range []float64{power, 2 * power, 5 * power} {
			if n := math.Ceil(most / step); n <= mostTicks {
				n = max(n, 1)
				return n * step, int(n)
			}
		}
	}
}
