package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"disputecloser/internal/localaws"
	"disputecloser/shared/dynamo"
)

const (
	table     = "cases"
	accessKey = "AKIDBENCH"
	secretID  = "arn:aws:secretsmanager:us-east-1:000000000000:secret:bench-AbCdEf"
)

// world is what a function reaches: DynamoDB Local and a Secrets Manager, each with and without TLS.
type world struct {
	now      time.Time
	dynamodb *localaws.DynamoDB
	secrets  *http.Server
	// plain and safe are the addresses of DynamoDB and of Secrets Manager.
	plain, safe [2]string
	proxies     []*http.Server
	roots       string // the file with the root certificate of safe
}

func startWorld(temp string) (w *world, err error) {
	w = &world{now: time.Now().UTC(), roots: filepath.Join(temp, "roots.pem")}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.stop())
		}
	}()
	if w.dynamodb, err = localaws.RunDynamoDB(""); err != nil {
		return w, err
	}
	if err = dynamo.CreateTable(context.Background(), w.dynamodb.ClientFor(accessKey), table); err != nil {
		return w, err
	}
	w.plain[0] = w.dynamodb.Endpoint
	w.secrets = &http.Server{Handler: http.HandlerFunc(w.serveSecret)}
	if w.plain[1], err = serve(w.secrets, nil); err != nil {
		return w, err
	}
	settings, err := certificates(w.roots)
	if err != nil {
		return w, err
	}
	for i, target := range w.plain {
		to, err := url.Parse(target)
		if err != nil {
			return w, err
		}
		proxy := &http.Server{Handler: &httputil.ReverseProxy{
			Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
			Transport: &http.Transport{MaxIdleConnsPerHost: 64},
		}}
		w.proxies = append(w.proxies, proxy)
		if w.safe[i], err = serve(proxy, settings); err != nil {
			return w, err
		}
	}
	return w, nil
}

// serve serves on a free port of loopback, with TLS if there are settings, and returns the address.
func serve(server *http.Server, settings *tls.Config) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	scheme := "http"
	if settings != nil {
		scheme, listener = "https", tls.NewListener(listener, settings)
	}
	go func() { _ = server.Serve(listener) }() // until it is closed
	return scheme + "://" + listener.Addr().String(), nil
}

func (w *world) stop() error {
	var errs []error
	for _, server := range append(w.proxies, w.secrets) {
		if server != nil {
			errs = append(errs, server.Close())
		}
	}
	if w.dynamodb != nil {
		errs = append(errs, w.dynamodb.Stop())
	}
	return errors.Join(errs...)
}

// serveSecret answers GetSecretValue with a secret that was last rotated a month ago.
func (w *world) serveSecret(out http.ResponseWriter, r *http.Request) {
	out.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(out).Encode(map[string]any{ // a process that is gone is noticed by its end
		"ARN": secretID, "Name": "bench", "SecretString": signingSecret, "VersionId": "00000000-0000-0000-0000-000000000000",
		"VersionStages": []string{"AWSCURRENT"}, "CreatedDate": w.now.AddDate(0, -1, 0).Unix(),
	})
}

// environment is all that a process gets: what is set on this machine must not count.
func (w *world) environment(s setting, runtimeAPI string) []string {
	memory, at := 128, w.plain
	if s.mb > 0 {
		memory = s.mb
	}
	roots := "/etc/ssl/certs/ca-certificates.crt" // one bundle, as on Amazon Linux
	if s.tls {
		at, roots = w.safe, w.roots
	}
	return []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/tmp", "LANG=C.UTF-8", "TZ=:UTC", "SSL_CERT_FILE=" + roots,
		"AWS_REGION=" + localaws.Region, "AWS_DEFAULT_REGION=" + localaws.Region,
		"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=bench", "AWS_SESSION_TOKEN=bench",
		"AWS_ENDPOINT_URL_DYNAMODB=" + at[0], "AWS_ENDPOINT_URL_SECRETS_MANAGER=" + at[1],
		"TABLE=" + table, "SIGNING_SECRET=" + secretID,
		"AWS_LAMBDA_RUNTIME_API=" + runtimeAPI, "AWS_LAMBDA_FUNCTION_NAME=bench", fmt.Sprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%d", memory),
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/bench", "AWS_LAMBDA_LOG_STREAM_NAME=bench",
		"AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
	}
}

// certificates makes a root, an intermediate and a leaf of RSA 2048, as AWS's endpoints have them, and writes the root.
func certificates(roots string) (*tls.Config, error) {
	root, rootKey, err := issue("root", nil, nil)
	if err != nil {
		return nil, err
	}
	middle, middleKey, err := issue("intermediate", root, rootKey)
	if err != nil {
		return nil, err
	}
	leaf, leafKey, err := issue("127.0.0.1", middle, middleKey)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw, middle.Raw}, PrivateKey: leafKey}},
		NextProtos:   []string{"http/1.1"},
	}, os.WriteFile(roots, text, 0o600)
}

func issue(name string, parent *x509.Certificate, signer *rsa.PrivateKey) (*x509.Certificate, *rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, nil, err
	}
	t := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		IsCA: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(name); ip != nil {
		t.IsCA, t.KeyUsage, t.IPAddresses = false, x509.KeyUsageDigitalSignature, []net.IP{ip}
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	if parent == nil {
		parent, signer = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, nil, err
	}
	c, err := x509.ParseCertificate(der)
	return c, key, err
}
