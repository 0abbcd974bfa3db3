package main

import (
	"fmt"
	"strings"
	"time"
)

// column is a figure of a table, and its unit for benchstat.
type column struct {
	title, unit string
	of          func(figures) float64
}

var columns = []column{
	{"init+cold ms", "init+cold-ms", func(f figures) float64 { return milliseconds(f.init + f.cold) }},
	{"warm ms", "warm-ms", func(f figures) float64 { return milliseconds(f.warm) }},
	{"CPU init", "init-cpu-ms", func(f figures) float64 { return milliseconds(f.cpuInit) }},
	{"CPU cold", "cold-cpu-ms", func(f figures) float64 { return milliseconds(f.cpuCold) }},
	{"CPU warm", "warm-cpu-ms", func(f figures) float64 { return milliseconds(f.cpuWarm) }},
	{"RSS MB", "rss-MB", func(f figures) float64 { return float64(f.peak) / (1 << 20) }},
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// show prints the median of each figure.
func show(p plan, s setting, all map[string][]figures) {
	fmt.Printf("\n%s, %s news, %d starts with %d webhooks after the first\n%-16s", s, p.kind, p.starts, p.warm, "")
	for _, c := range columns {
		fmt.Printf(" %13s", c.title)
	}
	fmt.Println()
	for _, command := range p.commands {
		fmt.Printf("%-16s", command.name)
		for _, c := range columns {
			fmt.Printf(" %13.2f", median(all[command.name], c.of))
		}
		fmt.Println()
	}
}

func median(starts []figures, of func(figures) float64) float64 {
	values := make([]time.Duration, len(starts))
	for i, f := range starts {
		values[i] = time.Duration(of(f) * 1e6)
	}
	return float64(middle(values)) / 1e6
}

// book holds every start in Go's benchmark format (golang.org/design/14313-benchmark-format).
type book struct{ strings.Builder }

func (b *book) add(p plan, s setting, all map[string][]figures) {
	for _, command := range p.commands {
		for _, f := range all[command.name] {
			fmt.Fprintf(b, "BenchmarkWebhook/by=%s/mb=%d/tls=%t/news=%s 1", command.name, s.mb, s.tls, p.kind)
			for _, c := range columns {
				fmt.Fprintf(b, " %.3f %s", c.of(f), c.unit)
			}
			fmt.Fprintln(b)
		}
	}
}
