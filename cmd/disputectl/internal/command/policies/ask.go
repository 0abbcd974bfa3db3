package policies

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/starter"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// asker asks a person at a terminal, question by question.
type asker struct {
	out   io.Writer
	lines chan string // closed when the person has no more to say
}

// newAsker reads the answers in a goroutine, so that an interruption does not wait for the next one.
func newAsker(ctx context.Context, in io.Reader, out io.Writer) *asker {
	a := &asker{out: out, lines: make(chan string)}
	go func() {
		defer close(a.lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			select {
			case a.lines <- strings.TrimSpace(s.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	return a
}

// Errors that end the questions before their end.
var (
	errStopped = errors.New("interrupted")
	errNoMore  = errors.New("the answers end before the questions do")
)

// ask repeats a question until take accepts the answer, or the person goes. An empty answer stands for the one in
// brackets.
func (q *asker) ask(ctx context.Context, question, otherwise string, take func(answer string) error) error {
	for {
		screen.Printf(q.out, "%s [%s] ", question, otherwise)
		select {
		case <-ctx.Done():
			screen.Printf(q.out, "\n")
			return errStopped
		case answer, more := <-q.lines:
			if !more {
				screen.Printf(q.out, "\n")
				return errNoMore
			}
			if answer == "" {
				answer = otherwise
			}
			err := take(answer)
			if err == nil {
				return nil
			}
			screen.Printf(q.out, "  %v\n", err)
		}
	}
}

// askPolicy asks for the values of --threshold, --grace and --budget. Each answer is checked as it is given. Whoever goes
// before the end is told how to go on with what was answered.
func askPolicy(ctx context.Context, console *cli.Console, name string, f *newFlags) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := newAsker(ctx, console.Stdin, console.Stderr)
	err := q.questions(ctx, f)
	switch {
	case errors.Is(err, errStopped):
		return &cli.ExitError{Code: cli.Interrupted, What: "interrupted: nothing was written", Next: f.goOn(name)}
	case errors.Is(err, errNoMore):
		return cli.Fail(cli.Misused, f.goOn(name), "%w: nothing was written", err)
	}
	return err
}

// goOn is the command that writes the policy by what was answered so far.
func (f *newFlags) goOn(name string) string {
	if len(f.thresholds) == 0 {
		return "answer the questions, or say it with --threshold"
	}
	words := "go on with your answers: disputectl policy new " + name + " --threshold " + f.thresholds.String()
	if len(f.budgets) > 0 {
		words += " --budget " + f.budgets.String()
	}
	return words + " --grace " + f.grace
}

func (q *asker) questions(ctx context.Context, f *newFlags) error {
	var codes []string
	if err := q.ask(ctx, "In which currencies are disputes to be closed?", "usd", func(answer string) error {
		codes = strings.FieldsFunc(strings.ToLower(answer), func(r rune) bool { return r == ' ' || r == ',' })
		return soundCurrencies(codes)
	}); err != nil {
		return err
	}
	if len(codes) > 1 || codes[0] != "usd" {
		screen.Printf(q.out, "What is offered is worth about %s by rounded rates of %s, which nobody vouches for: check it.\n",
			currency.Text(starter.DefaultThreshold("usd"), "usd"), starter.RatesOf)
	}
	for _, code := range codes {
		if err := q.askMoney(ctx, f, code); err != nil {
			return err
		}
	}
	return q.ask(ctx, "How long may a person object before a dispute is closed?", f.grace, func(answer string) error {
		d, err := policy.ParseDuration(answer)
		if err != nil || d < 0 || d > policy.MaxClock {
			return errors.New("write it like 24h or 1h30m, 720h at the most")
		}
		f.grace = answer
		return nil
	})
}

func soundCurrencies(codes []string) error {
	if len(codes) == 0 {
		return errors.New("name at least one currency, such as usd")
	}
	for i, code := range codes {
		switch {
		case starter.DefaultThreshold(code) == 0:
			return fmt.Errorf("there is no currency %q: use codes of ISO 4217, such as usd eur", code)
		case slices.Contains(codes[:i], code):
			return fmt.Errorf("%s is named twice", code)
		}
	}
	return nil
}

// askMoney asks for one currency's threshold and daily budget.
func (q *asker) askMoney(ctx context.Context, f *newFlags, code string) error {
	if odd := money.Oddity(code); odd != "" {
		screen.Printf(q.out, "  Mind that %s. Compare with a dispute in WooshPay's dashboard.\n", odd)
	}
	question := fmt.Sprintf("Close %s disputes of up to how much?", strings.ToUpper(code))
	threshold, err := q.askAmount(ctx, f, &f.thresholds, question, code, starter.DefaultThreshold(code))
	if err != nil {
		return err
	}
	question = fmt.Sprintf("And how much in one day, in at most %s?", cli.Count(int(f.closes), "close"))
	_, err = q.askAmount(ctx, f, &f.budgets, question, code, starter.DefaultBudget(threshold, f.closes))
	return err
}

// askAmount asks for an amount of a currency, adds it to a flag's values, and says what it understood. An amount with which
// the check would find fault is asked for again.
func (q *asker) askAmount(ctx context.Context, f *newFlags, to *amounts, question, code string, otherwise int64) (amount int64, err error) {
	before := *to
	err = q.ask(ctx, question, currency.Text(otherwise, code), func(answer string) error {
		n, err := amountOf(answer, code)
		if err != nil {
			return err
		}
		*to = append(slices.Clone(before), fmt.Sprintf("%s=%d", code, n))
		if err := f.sound(); err != nil {
			*to = before
			return err
		}
		amount = n
		screen.Printf(q.out, "  %s\n", money.Understood(n, code))
		return nil
	})
	return amount, err
}

// amountOf reads an answer: an amount in major units, with or without its currency, or code=minor units.
func amountOf(answer, code string) (int64, error) {
	if !strings.ContainsFunc(answer, unicode.IsLetter) {
		answer += " " + code
	}
	n, of, err := money.Parse(answer)
	switch {
	case err != nil:
		return 0, err
	case of != code:
		return 0, fmt.Errorf("this is about %s, and the answer is about %s", strings.ToUpper(code), strings.ToUpper(of))
	case n == 0:
		return 0, errors.New("it must be more than nothing")
	}
	return n, nil
}

// sound returns what the check would say of a policy with the answers so far.
func (f *newFlags) sound() error {
	answers, err := f.answers()
	if err != nil {
		return err
	}
	_, err = answers.YAML()
	if warned := new(starter.WarnedError); errors.As(err, &warned) {
		return fmt.Errorf("%w; %s", err, warned.Finding.Hint)
	}
	return err
}
