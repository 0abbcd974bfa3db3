// Command simulate plays the close protocol against a hostile world, by seed. It prints the shortest story that it finds
// of the first broken promise.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"strconv"
	"strings"

	"disputecloser/internal/simulation"
)

func main() { os.Exit(run()) }

func run() int {
	seeds := flag.Uint64("seeds", 20_000, "number of histories")
	from := flag.Uint64("from", 0, "first seed")
	beyond := flag.Bool("beyond", false, "allow incidents against which no design can promise anything, and count broken promises")
	goOn := flag.Bool("go-on", false, "play all seeds even if a promise is broken")
	replay := flag.String("replay", "", "play one seed and print its story: SEED, or SEED:INCIDENT,INCIDENT,…")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	flag.Parse()
	if *profile != "" {
		stop, err := startProfile(*profile)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 2
		}
		defer stop()
	}
	options := simulation.Options{Beyond: *beyond}
	if *replay != "" {
		return replaySeed(*replay, options)
	}
	return play(simulation.Campaign{From: *from, Seeds: *seeds, Options: options, GoOn: *goOn || *beyond, Progress: progress(*seeds)})
}

func play(c simulation.Campaign) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	outcome := c.Run(ctx)
	outcome.Print(os.Stdout)
	if len(outcome.Violations) == 0 {
		fmt.Println("\nno promise was broken")
		return 0
	}
	fmt.Println("\npromises broken:")
	for _, promise := range simulation.Promises {
		if n := outcome.Broken[promise]; n > 0 {
			fmt.Printf("%10d  %s\n", n, promise)
		}
	}
	for _, v := range outcome.Violations {
		fmt.Printf("seed %d: %v\n", v.Seed, v)
	}
	first := outcome.Violations[0]
	fmt.Println()
	fmt.Println(simulation.Explain(first, c.Options))
	if c.Options.Beyond {
		return 0
	}
	return 1
}

func replaySeed(what string, o simulation.Options) int {
	number, list, some := strings.Cut(what, ":")
	seed, err := strconv.ParseUint(number, 10, 64)
	if err == nil && some {
		o, err = o.Only(list)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "-replay %s: %v\n", what, err)
		return 2
	}
	text, broken := simulation.Replay(seed, o)
	fmt.Print(text)
	if broken {
		return 1
	}
	return 0
}

func progress(seeds uint64) func(uint64) {
	return func(done uint64) {
		fmt.Fprintf(os.Stderr, "%d of %d seeds\n", done, seeds)
	}
}

func startProfile(path string) (stop func(), err error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		if err := file.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}, pprof.StartCPUProfile(file)
}
