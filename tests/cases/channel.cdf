<?xml version="1.0"?>
<CHANNEL HREF="https://pier.example/" LASTMOD="1998-11-02T10:00Z">
  <TITLE>Pier Channel</TITLE>
  <ABSTRACT>What washes up</ABSTRACT>
  <ITEM HREF="https://pier.example/bottle" LASTMOD="1998-11-02T09:00Z">
    <TITLE>A bottle with a letter</TITLE>
    <ABSTRACT>The letter was a bill.</ABSTRACT>
  </ITEM>
</CHANNEL>
