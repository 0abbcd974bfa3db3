package samlocal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"disputecloser/internal/localaws"
	"disputecloser/internal/sandbox"
	"disputecloser/shared/dynamo"
)

// World is what the functions call, listening where env.json says.
type World struct {
	settings Settings
	cloud    *localaws.MiniStack
	servers  []*http.Server
	serving  sync.WaitGroup
}

// Start starts what the functions call, on loopback, and fills it as of now. If containers is not zero, it listens at its
// address too, and serves whoever is in that network: the containers of Docker Engine, which do not reach loopback.
func Start(ctx context.Context, s Settings, containers netip.Prefix, now time.Time) (*World, error) {
	w := &World{settings: s}
	if err := w.start(ctx, containers, now); err != nil {
		return nil, errors.Join(err, w.Stop())
	}
	return w, nil
}

func (w *World) start(ctx context.Context, containers netip.Prefix, now time.Time) error {
	calls, err := listen(portOf(w.settings.AWSEndpoint), containers)
	if err != nil {
		return err
	}
	provider := sandbox.New(sandbox.Options{Keys: []string{APIKey}})
	orders, err := listen(portOf(w.settings.WooshPayURL), containers)
	if err != nil {
		return errors.Join(err, closed(calls))
	}
	w.serve(orders, newGate(containers, provider))
	if w.cloud, err = localaws.RunMiniStack(services...); err != nil {
		return errors.Join(err, closed(calls))
	}
	if err := errors.Join(w.fill(ctx, provider, now), w.keepSecrets(ctx), w.makeTopic(ctx)); err != nil {
		return errors.Join(err, closed(calls))
	}
	w.serve(calls, newGate(containers, front{w.cloud.Config()}))
	return nil
}

func closed(listeners []net.Listener) error {
	var errs []error
	for _, l := range listeners {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// serve serves a handler on listeners until Stop.
func (w *World) serve(listeners []net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	w.servers = append(w.servers, server)
	for _, l := range listeners {
		w.serving.Go(func() { _ = server.Serve(l) }) // it ends when Stop closes the listener
	}
}

// fill opens the disputes at the sandbox, and makes the table with their cases.
func (w *World) fill(ctx context.Context, provider *sandbox.Sandbox, now time.Time) error {
	disputes, err := open(provider, now)
	if err != nil {
		return err
	}
	tables := dynamodb.NewFromConfig(w.cloud.Config(), dynamo.Options)
	if err := dynamo.CreateTable(ctx, tables, w.settings.Table); err != nil {
		return err
	}
	return store(ctx, dynamo.New(tables, w.settings.Table, w.settings.TableMark), disputes, now)
}

func (w *World) keepSecrets(ctx context.Context) error {
	secrets := secretsmanager.NewFromConfig(w.cloud.Config())
	for name, value := range map[string]string{w.settings.APIKeySecret: APIKey, w.settings.SigningSecret: SigningSecret} {
		in := &secretsmanager.CreateSecretInput{Name: aws.String(name), SecretString: aws.String(value)}
		if _, err := secrets.CreateSecret(ctx, in); err != nil {
			return fmt.Errorf("create secret %s: %w", name, err)
		}
	}
	return nil
}

// makeTopic makes the topic of the mails. Nobody is subscribed to it.
func (w *World) makeTopic(ctx context.Context) error {
	name := w.settings.AlarmTopic[strings.LastIndex(w.settings.AlarmTopic, ":")+1:]
	form := url.Values{"Action": {"CreateTopic"}, "Version": {"2010-03-31"}, "Name": {name}}
	_, err := w.cloud.Call(ctx, "sns", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, form.Encode())
	return err
}

// Stop ends everything, and with it what was stored.
func (w *World) Stop() error {
	var errs []error
	for _, server := range w.servers {
		errs = append(errs, server.Close())
	}
	w.serving.Wait()
	if w.cloud != nil {
		errs = append(errs, w.cloud.Stop())
	}
	return errors.Join(errs...)
}
