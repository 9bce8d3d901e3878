// Runs at the edge before every request for the site, the API and the console (cloudfront-js-2.0). It says which
// host was called and whose answer may be shared, so that neither can be forged, and makes one address of many.

// Paths of which nothing is kept: each request gets a key of its own. The behaviours in edge.yaml have the same.
const API = /^\/(v2|v3|api|portico)\/|^\/console|^\/openapi\.json$/;
// Cookies of whoever is more than an anonymous visitor.
const SESSIONS = ['portalaccesstoken', 'portico_preview'];
// What the site reads of a query; anything else would only split the cache.
const NAMES = ['attribute', 'page', 'q', 'v', 'version'];
// Of a name that may stand more than once all values count, of any other the last.
const MANY = 'attribute';
// What is no page, and so has no Markdown.
const NO_PAGE = /^\/_|^\/(robots\.txt|sitemap(-apis)?\.xml)$|^\/apis\/[^/]+\/(sitemap\.xml|reference\/[^/]+\/(download|document\.json))\/?$|\.md\/?$/;

function handler(event) {
    const request = event.request;
    const headers = request.headers;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const api = API.test(request.uri);
    const session = SESSIONS.some(function (name) { return name in request.cookies; });
    delete headers['x-portico-origin'];
    headers['x-portico-host'] = { value: headers.host ? headers.host.value.toLowerCase() : '' };
    headers['x-portico-viewer'] = { value: api || session ? event.context.requestId : 'anon' };
    if (api || !reads) {
        return request;
    }
    const query = known(request.querystring);
    if (request.uri.indexOf('//') >= 0) {
        return moved(request.uri, query);
    }
    request.querystring = query;
    if (!NO_PAGE.test(request.uri) && wantsMarkdown(headers.accept)) {
        request.uri = request.uri.replace(/\/$/, '') + (request.uri === '/' ? '/.md' : '.md');
    }
    return request;
}

// The query in one order, as text: so it is the same key whichever way it was written.
function known(query) {
    const pairs = [];
    NAMES.forEach(function (name) {
        if (name in query) {
            const values = (query[name].multiValue || [query[name]]).map(function (one) { return one.value; });
            (name === MANY ? values.sort() : values.slice(-1)).forEach(function (value) {
                pairs.push(name + '=' + value);
            });
        }
    });
    return pairs.join('&');
}

// One address a page; `//host`, which may be written `/\host` too, would lead a browser elsewhere.
function moved(uri, query) {
    const parts = uri.replace(/\\/g, '%5C').split('/').filter(function (part) { return part; });
    return {
        statusCode: 301,
        statusDescription: 'Moved Permanently',
        headers: { location: { value: '/' + parts.join('/') + (query ? '?' + query : '') } },
    };
}

// Whether Markdown is wanted more than HTML: of equals HTML, as of a browser's `*/*`.
function wantsMarkdown(accept) {
    const ranges = accept ? (accept.multiValue || [accept]).map(function (one) { return one.value; }).join(',') : '';
    return less(wish(ranges, 'text/html'), wish(ranges, 'text/markdown'));
}

// How much a media type is wanted: quality, how exactly it is named, and how early. The most exact range decides.
function wish(ranges, type) {
    let found = [0, 0, 0];
    ranges.toLowerCase().split(',').forEach(function (range, index) {
        const parts = range.split(';').map(function (part) { return part.trim(); });
        const fits = [type, 'text/*', '*/*'].indexOf(parts[0]);
        const given = parts.slice(1).filter(function (part) { return part.indexOf('q=') === 0; })[0];
        const quality = given === undefined ? 1 : parseFloat(given.slice(2));
        if (fits >= 0 && !isNaN(quality)) {
            const wanted = [3 - fits, quality, -index];
            if (less([found[1], found[0], found[2]], wanted)) {
                found = [quality, 3 - fits, -index];
            }
        }
    });
    return found;
}

function less(one, other) {
    const at = one.findIndex(function (value, index) { return value !== other[index]; });
    return at >= 0 && one[at] < other[at];
}
