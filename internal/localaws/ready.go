package localaws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// freePort returns a loopback port that nobody listens on at this moment.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// errEnded says that a process ended instead of getting ready, perhaps because another one took its port.
var errEnded = errors.New("ended instead of getting ready")

// startTries is how often a program is started that ends at once: another process may take a port between finding it
// free and using it.
const startTries = 3

// insist starts a program, again if it ended instead of getting ready.
func insist(start func() error) error {
	err := start()
	for n := 1; n < startTries && errors.Is(err, errEnded); n++ {
		err = start()
	}
	return err
}

// waitReady asks try until it succeeds, the process ends, or the time is up.
func (p *process) waitReady(limit time.Duration, try func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return fmt.Errorf("%w:\n%s", errEnded, p.output())
		case <-ctx.Done():
			return fmt.Errorf("not ready after %s: %w:\n%s", limit, err, p.output())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
