/* Publishes the feeds of bench/corpus.py on loopback, far quicker than anyone can read them.
 *
 * usage: publisher FOLDER COUNT VERSIONS     prints its port; ends when its stdin does
 *   GET /feed/N      document N (modulo COUNT) of the present version: ETag, Last-Modified, 304, gzip
 *   GET /control?version=V&validators=0|1    sets both, tells and clears the counters
 * One thread, epoll, all documents in memory. Connections from outside of 127.0.0.0/8 are closed at once. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_REQUEST 8192
#define MOST_VERSIONS 8

typedef struct { char *bytes; size_t size; } Bytes;
typedef struct { Bytes plain, packed; char tag[48]; } Document;
typedef struct {
    int fd, answering, closing;
    size_t got, sent;
    char request[MOST_REQUEST + 1], head[600];
    Bytes part[2]; /* head and body */
} Connection;

static Document *documents[MOST_VERSIONS];
static long count, version, validators = 1, requests, full, unchanged, packed;
static int poller;
static char told[200];

static Bytes mapped(const char *folder, long of, long number, const char *ending) {
    char path[4096];
    struct stat about;
    snprintf(path, sizeof path, "%s/%ld/%ld.xml%s", folder, of, number, ending);
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &about)) { perror(path); exit(1); }
    Bytes map = {mmap(0, about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0), about.st_size};
    if (map.bytes == MAP_FAILED) { perror(path); exit(1); }
    close(fd);
    return map;
}

/* Copy a header's value (name with colon, in small letters, after a line's end) and say whether it is there. */
static int header(Connection *c, const char *name, char *value, size_t room) {
    char *at = strcasestr(c->request, name);
    value[0] = 0;
    if (!at) return 0;
    at += strlen(name);
    at += strspn(at, " \t");
    size_t size = strcspn(at, "\r\n");
    if (size >= room) size = room - 1;
    memcpy(value, at, size);
    value[size] = 0;
    return 1;
}

static void modified(char *into, size_t room) {
    snprintf(into, room, "Mon, 02 Nov 2026 10:%02ld:00 GMT", version);
}

static void feed(Connection *c, const char *connection) {
    Document *document = &documents[version][atol(c->request + strlen("GET /feed/")) % count];
    char asked[256], since[40], about[160] = "";
    int same = 0;
    modified(since, sizeof since);
    if (validators) {
        if (header(c, "\r\nif-none-match:", asked, sizeof asked)) same = strstr(asked, document->tag) != 0;
        else if (header(c, "\r\nif-modified-since:", asked, sizeof asked)) same = !strcmp(asked, since);
        snprintf(about, sizeof about, "ETag: %s\r\nLast-Modified: %s\r\n", document->tag, since);
    }
    if (same) {
        unchanged++;
        c->part[0].size = snprintf(c->head, sizeof c->head, "HTTP/1.1 304 Not Modified\r\n%s%s\r\n", about, connection);
        return;
    }
    full++;
    int gzip = header(c, "\r\naccept-encoding:", asked, sizeof asked) && strcasestr(asked, "gzip");
    packed += gzip;
    c->part[1] = gzip ? document->packed : document->plain;
    c->part[0].size = snprintf(c->head, sizeof c->head,
        "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nVary: Accept-Encoding\r\n%s%s%sContent-Length: %zu\r\n\r\n",
        about, gzip ? "Content-Encoding: gzip\r\n" : "", connection, c->part[1].size);
}

static void control(Connection *c) {
    char *at;
    if ((at = strstr(c->request, "version="))) version = atol(at + strlen("version="));
    if ((at = strstr(c->request, "validators="))) validators = atol(at + strlen("validators="));
    if (version < 0 || version >= MOST_VERSIONS || !documents[version]) version = 0;
    c->part[1].bytes = told;
    c->part[1].size = snprintf(told, sizeof told,
        "{\"requests\": %ld, \"full\": %ld, \"unchanged\": %ld, \"packed\": %ld}", requests, full, unchanged, packed);
    requests = full = unchanged = packed = 0;
    c->part[0].size = snprintf(c->head, sizeof c->head,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", c->part[1].size);
}

static void answer(Connection *c) {
    char asked[64];
    int old = strstr(c->request, " HTTP/1.0\r\n") != 0;
    c->closing = header(c, "\r\nconnection:", asked, sizeof asked) ? !!strcasestr(asked, "close") : old;
    const char *connection = c->closing ? "Connection: close\r\n" : old ? "Connection: keep-alive\r\n" : "";
    c->part[0] = (Bytes){c->head, 0};
    c->part[1] = (Bytes){0, 0};
    c->sent = 0;
    c->answering = 1;
    if (!strncmp(c->request, "GET /control", strlen("GET /control"))) { control(c); return; }
    requests++;
    if (!strncmp(c->request, "GET /feed/", strlen("GET /feed/"))) { feed(c, connection); return; }
    c->part[0].size = snprintf(c->head, sizeof c->head, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n%s\r\n", connection);
}

static void leave(Connection *c) {
    close(c->fd);
    free(c);
}

static void watch(Connection *c, unsigned events) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &event);
}

/* Send what is left of the answer; say whether the connection is still there. */
static int send_on(Connection *c) {
    size_t whole = c->part[0].size + c->part[1].size;
    while (c->sent < whole) {
        struct iovec left[2];
        int parts = 0;
        size_t before = c->sent;
        for (int i = 0; i < 2; i++) {
            if (before < c->part[i].size) left[parts++] = (struct iovec){c->part[i].bytes + before, c->part[i].size - before};
            before = before > c->part[i].size ? before - c->part[i].size : 0;
        }
        ssize_t sent = writev(c->fd, left, parts);
        if (sent < 0 && errno == EAGAIN) { watch(c, EPOLLOUT); return 1; }
        if (sent < 0) { leave(c); return 0; }
        c->sent += sent;
    }
    c->answering = 0;
    if (c->closing) { shutdown(c->fd, SHUT_WR); leave(c); return 0; }
    return 1;
}

/* Answer each whole request that has come. */
static void answer_all(Connection *c) {
    char *end;
    while (!c->answering && (end = strstr(c->request, "\r\n\r\n"))) {
        size_t size = end + 4 - c->request;
        char first = *(end + 4);
        *(end + 4) = 0;
        answer(c);
        *(end + 4) = first;
        memmove(c->request, c->request + size, c->got - size + 1);
        c->got -= size;
        if (!send_on(c)) return;
    }
}

static void hear(Connection *c) {
    ssize_t got = read(c->fd, c->request + c->got, MOST_REQUEST - c->got);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) { leave(c); return; }
    c->got += got;
    c->request[c->got] = 0;
    answer_all(c);
}

static void admit(int listener) {
    for (int fd; (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) {
        struct sockaddr_in here = {0};
        socklen_t size = sizeof here;
        int yes = 1;
        getsockname(fd, (void *)&here, &size);
        if (ntohl(here.sin_addr.s_addr) >> 24 != 127) { close(fd); continue; }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        Connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    }
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    signal(SIGPIPE, SIG_IGN);
    count = atol(argv[2]);
    long versions = atol(argv[3]);
    if (count < 1 || versions < 1 || versions > MOST_VERSIONS) return 2;
    for (long v = 0; v < versions; v++) {
        documents[v] = calloc(count, sizeof(Document));
        for (long n = 0; n < count; n++) {
            documents[v][n] = (Document){.plain = mapped(argv[1], v, n, ""), .packed = mapped(argv[1], v, n, ".gz")};
            snprintf(documents[v][n].tag, sizeof documents[v][n].tag, "\"%ld-%ld-%zx\"", v, n, documents[v][n].plain.size);
        }
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_ANY};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (bind(listener, (void *)&address, size) || listen(listener, 8192) || getsockname(listener, (void *)&address, &size)) {
        perror("listen");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    poller = epoll_create1(0);
    static Connection parent; /* its stdin: only its end is of interest */
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = 0}, events[512];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    event.data.ptr = &parent;
    epoll_ctl(poller, EPOLL_CTL_ADD, 0, &event);
    for (;;) {
        int ready = epoll_wait(poller, events, 512, -1);
        for (int i = 0; i < ready; i++) {
            Connection *c = events[i].data.ptr;
            if (c == &parent) return 0;
            if (!c) { admit(listener); continue; }
            if (events[i].events & EPOLLOUT) {
                watch(c, EPOLLIN);
                if (send_on(c)) answer_all(c);
            } else hear(c);
        }
    }
}
