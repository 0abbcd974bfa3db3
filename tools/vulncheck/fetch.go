package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const (
	fetchTimeout = 60 * time.Second
	maxArchive   = 256 << 20 // bytes; the database is some 10 MB
	maxEntry     = 64 << 20
)

// fetch replaces dir by the database that url's zip holds. On an error dir is as it was.
func fetch(url, dir string) error {
	archive, err := download(url)
	if err != nil {
		return err
	}
	fresh := dir + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := unpack(archive, fresh); err != nil {
		return fmt.Errorf("unpack %s: %w", url, err)
	}
	if _, err := os.Stat(filepath.Join(fresh, "index", "modules.json")); err != nil {
		return fmt.Errorf("%s is not a vulnerability database: %w", url, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(fresh, dir)
}

func download(url string) ([]byte, error) {
	client := http.Client{Timeout: fetchTimeout}
	res, err := client.Get(url)
	if err != nil {
		return nil, fmt.Errorf("not reachable: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("not reachable: GET %s: %s", url, res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxArchive))
	if err != nil {
		return nil, fmt.Errorf("not reachable: GET %s: %w", url, err)
	}
	return body, nil
}

func unpack(archive []byte, dir string) error {
	files, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	for _, file := range files.File {
		if file.FileInfo().IsDir() {
			continue
		}
		if err := unpackFile(file, dir); err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(file *zip.File, dir string) error {
	if !filepath.IsLocal(file.Name) {
		return fmt.Errorf("%q would leave its folder", file.Name)
	}
	path := filepath.Join(dir, file.Name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	in, err := file.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.LimitReader(in, maxEntry))
	return errors.Join(err, out.Close())
}
