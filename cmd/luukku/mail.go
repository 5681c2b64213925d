package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"

	"luukku/app"
	"luukku/base/config"
	"luukku/gateway/smtp"
)

type dkimCmd struct {
	Key    dkimKeyCmd    `cmd:"" help:"Make the key that mail is signed with, and print its DNS record."`
	Record dkimRecordCmd `cmd:"" help:"Print the DNS record of the key that the settings name."`
	Check  dkimCheckCmd  `cmd:"" help:"Look up whether the DNS record is there and is that of the key."`
}

type dkimKeyCmd struct {
	File     string `arg:"" help:"File for the private key. It must not be there yet." type:"path"`
	Domain   string `help:"Domain that mail is sent from." required:""`
	Selector string `help:"Name under which the key is found: take a new one for each key." default:"luukku"`
}

func (c dkimKeyCmd) Run() error {
	text, err := smtp.NewKey(rand.Reader)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	key, err := smtp.ParseKey(text)
	if err != nil {
		return err
	}
	fmt.Printf("The key is in %s: let the server's user alone read it. Put this record into the domain's name server,\nthen set dkim.key_file and dkim.selector, and try luukku dkim check.\n\n", c.File)
	return printZone(smtp.DKIM{Domain: c.Domain, Selector: c.Selector, Key: key})
}

func printZone(d smtp.DKIM) error {
	zone, err := d.Zone()
	if err == nil {
		fmt.Println(zone)
	}
	return err
}

type dkimRecordCmd struct {
	File string `arg:"" help:"Settings file." type:"path"`
}

func (c dkimRecordCmd) Run() error {
	d, err := dkimOf(c.File)
	if err != nil {
		return err
	}
	return printZone(d)
}

func dkimOf(file string) (smtp.DKIM, error) {
	c, err := config.Load(file, os.Getenv)
	if err != nil {
		return smtp.DKIM{}, err
	}
	d, err := app.DKIM(c)
	if err == nil && d.Key == nil {
		err = errors.New("dkim.key_file is not set: mail is not signed")
	}
	return d, err
}

type dkimCheckCmd struct {
	File string `arg:"" help:"Settings file." type:"path"`
}

func (c dkimCheckCmd) Run(ctx context.Context) error {
	d, err := dkimOf(c.File)
	if err != nil {
		return err
	}
	found, err := net.DefaultResolver.LookupTXT(ctx, d.Name())
	if missing, ok := errors.AsType[*net.DNSError](err); ok && missing.IsNotFound {
		err = nil
	}
	if err != nil {
		return fmt.Errorf("ask for %s: %w", d.Name(), err)
	}
	if err := d.Published(found); err != nil {
		return err
	}
	fmt.Printf("The record at %s is there, and it is that of the key.\n", d.Name())
	return nil
}

// The exit statuses by which mail servers know what to do (sysexits.h): there is no such address, and later.
const (
	exitNoUser   = 67
	exitTempFail = 75
)

// exit is an error with an exit status of its own.
type exit struct {
	error
	status int
}

type bounceCmd struct {
	running
	To string `arg:"" help:"Address that the mail came back to, as the mail server has it."`
}

// Help says how it is used.
func (bounceCmd) Help() string {
	return "Reads one mail from standard input. For a mail server that hands mail to a command; others use bounces.listen."
}

func (c bounceCmd) Run(ctx context.Context) error {
	data, err := c.dir()
	if err != nil {
		return exit{err, exitTempFail}
	}
	reply, err := app.Control(ctx, data, http.MethodPost, "/mail/returned?"+url.Values{"to": {c.To}}.Encode(), os.Stdin)
	if err != nil {
		return exit{err, exitTempFail}
	}
	if len(reply.Lines) > 0 && reply.Lines[0] == app.ReturnForeign {
		return exit{errors.New("this is no return path of this installation"), exitNoUser}
	}
	return nil
}
