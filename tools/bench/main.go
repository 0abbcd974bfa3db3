// Bench measures what a webhook costs: the deployed executable under a Lambda Runtime API, with DynamoDB Local and a
// Secrets Manager of its own on loopback, with or without TLS before them, on the whole machine and with the share of a
// CPU that Lambda gives to a memory size.
//
//	bench [flags] [name=command …]
//
// A command is any other executable that speaks the Runtime API and does the same job: it is measured in alternation with
// ours, so that the machine's drift hits all of them alike. Its environment has TABLE (hash key "pk"), SIGNING_SECRET,
// AWS_REGION, credentials and endpoints. Compare figures of one table only, and trust CPU time rather than time on a busy
// machine.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// plan is what is measured.
type plan struct {
	starts, warm int
	sizes        []int // memory sizes in MB; 0 is the whole machine
	tls          []bool
	kind         kind
	results      string // a file for benchstat
	commands     []command
}

// command is a program that answers webhooks, and what is added to its environment.
type command struct {
	name string
	args []string
	env  []string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	temp, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temp)) }()
	p, err := parse(args, temp)
	if err != nil {
		return err
	}
	w, err := startWorld(temp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.stop()) }()
	return p.measure(w)
}

func parse(args []string, temp string) (plan, error) {
	var p plan
	var sizes, tls, ours, also string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&p.starts, "starts", 11, "cold starts of each command")
	flags.IntVar(&p.warm, "warm", 100, "webhooks after the first one of each start")
	flags.StringVar(&sizes, "mb", "0,128", "memory sizes in MB; 0 is the whole machine")
	flags.StringVar(&tls, "tls", "no,yes", "whether TLS stands before DynamoDB and Secrets Manager")
	flags.StringVar((*string)(&p.kind), "news", string(repeated), "what the webhooks say: repeated (of one dispute, which stays as it is), changed (of one dispute, which changes each time) or new (of a new dispute each time)")
	flags.StringVar(&ours, "bootstrap", "", "our executable; built if empty")
	flags.StringVar(&also, "env", "", "further NAME=value pairs for ours, separated by spaces")
	flags.StringVar(&p.results, "o", "", "a file for benchstat")
	if err := flags.Parse(args); err != nil {
		return p, err
	}
	if p.starts < 1 || p.warm < 1 {
		return p, errors.New("-starts and -warm must be 1 or more")
	}
	if err := p.kind.check(); err != nil {
		return p, err
	}
	for text := range strings.SplitSeq(sizes, ",") {
		mb, err := strconv.Atoi(text)
		if err != nil || mb < 0 {
			return p, fmt.Errorf("-mb: %q is not a memory size in MB", text)
		}
		p.sizes = append(p.sizes, mb)
	}
	for text := range strings.SplitSeq(tls, ",") {
		if text != "yes" && text != "no" {
			return p, fmt.Errorf("-tls: %q is neither yes nor no", text)
		}
		p.tls = append(p.tls, text == "yes")
	}
	if ours == "" {
		ours = filepath.Join(temp, "bootstrap")
		if err := build(ours); err != nil {
			return p, err
		}
	}
	p.commands = []command{{"ours", []string{ours}, append([]string{"_HANDLER=webhook", "WOOSHPAY_URL=https://apitest.wooshpay.com"}, strings.Fields(also)...)}}
	for _, text := range flags.Args() {
		name, line, ok := strings.Cut(text, "=")
		if !ok || len(strings.Fields(line)) == 0 {
			return p, fmt.Errorf("%q is not name=command", text)
		}
		p.commands = append(p.commands, command{name, strings.Fields(line), []string{"_HANDLER=bootstrap"}})
	}
	return p, nil
}

// build builds our executable for this machine with the flags of the deployed one.
func build(path string) error {
	cmd := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags", "-s -w", "-o", path, "./functions")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build the executable: %w", err)
	}
	return nil
}

// measure measures each size with and without TLS, and prints a table for each.
func (p plan) measure(w *world) error {
	if err := p.check(w); err != nil {
		return err
	}
	var book book
	for _, tls := range p.tls {
		for _, mb := range p.sizes {
			if mb > 0 && os.Getuid() != 0 {
				fmt.Printf("\n%d MB left out: only root may limit a process's CPU\n", mb)
				continue
			}
			s := setting{mb: mb, tls: tls}
			all, err := p.alternate(w, s)
			if err != nil {
				return err
			}
			show(p, s, all)
			book.add(p, s, all)
		}
	}
	if p.results == "" {
		return nil
	}
	return os.WriteFile(p.results, []byte(book.String()), 0o644)
}

// setting is one table: a memory size, 0 for the whole machine, with or without TLS.
type setting struct {
	mb  int
	tls bool
}

func (s setting) String() string {
	text := "whole machine"
	if s.mb > 0 {
		text = fmt.Sprintf("%d MB", s.mb)
	}
	if s.tls {
		text += ", TLS"
	}
	return text
}

// check has every command refuse a forged webhook and store enough genuine ones to warm DynamoDB Local.
func (p plan) check(w *world) error {
	const warmups = 300
	for _, c := range p.commands {
		forged := start{world: w, command: c, webhooks: p.kind.deal(w.now, 1, "whsec_forged"), want: refused}
		genuine := start{world: w, command: c, webhooks: p.kind.deal(w.now, warmups, signingSecret), want: accepted}
		for _, s := range []start{forged, genuine} {
			if _, err := s.run(); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	return nil
}

// alternate starts each command in turn. The first round warms the page cache and does not count.
func (p plan) alternate(w *world, s setting) (map[string][]figures, error) {
	all := map[string][]figures{}
	for round := range p.starts + 1 {
		for _, c := range p.commands {
			f, err := start{
				world: w, setting: s, command: c, webhooks: p.kind.deal(w.now, p.warm+1, signingSecret), want: accepted,
			}.run()
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", c.name, s, err)
			}
			if round > 0 {
				all[c.name] = append(all[c.name], f)
			}
		}
	}
	return all, nil
}
