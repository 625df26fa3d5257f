#!/usr/bin/perl
# Stands for the program below an init: answers 200 on its port until TERM or INT, and stamps in /bench what it lives through.
# USR1 makes 2,000 orphans. Perl, because every Debian has it and it starts in 3 ms.
use Time::HiRes ();

sub stamp {
  open(my $file, '>>', "/bench/$_[0]") or die $!;
  printf $file "%.6f %d\n", Time::HiRes::time(), $$;
  close $file;
}

sub orphans {
  for (1 .. 2000) {
    my $child = fork;
    if ($child == 0) { fork; exit 0 }
    waitpid $child, 0;
  }
  stamp('orphans');
}

stamp('exec');
$SIG{TERM} = $SIG{INT} = sub { stamp('seen'); exit 0 };
$SIG{USR1} = \&orphans;
my $port = 18188;
for (0 .. $#ARGV) { $port = $ARGV[$_ + 1] if $ARGV[$_] eq '--port' }
require IO::Socket::INET;
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', LocalPort => $port, ReuseAddr => 1) or die $!;
stamp('up');
while (1) {
  my $client = $server->accept or next;
  sysread $client, my $request, 4096;
  print $client "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
  close $client;
}
